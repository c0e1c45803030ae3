-- Which build a page was a slice of, which variant of the feed it was, and what it showed: without it what comes back can't be joined.
ALTER TABLE feed_request_analytics
    ADD COLUMN build_id String CODEC(ZSTD(1)),
    ADD COLUMN variant LowCardinality(String) COMMENT 'of the feed; empty where it has none' CODEC(ZSTD(1)),
    ADD COLUMN items Array(UInt64) COMMENT 'the posts given, in order: reinterpretAsUInt64(substring(MD5(uri), 1, 8))' CODEC(ZSTD(1));

-- Posts of which a viewer wants to see less, or more. What was said last of a post counts.
CREATE TABLE viewer_wishes
(
    viewer_did String CODEC(ZSTD(1)),
    item String COMMENT 'uri of the post' CODEC(ZSTD(1)),
    wish Int8 COMMENT '-1: less like it, 1: more',
    received_at DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (viewer_did, item)
TTL toDateTime(received_at, 'UTC') + toIntervalDay(90)
SETTINGS index_granularity = 256;

CREATE MATERIALIZED VIEW viewer_wishes_from_interactions TO viewer_wishes AS
SELECT viewer_did, item, toInt8(if(event = 'requestLess', -1, 1)) AS wish, received_at
FROM feed_interactions
WHERE event IN ('requestLess', 'requestMore') AND item != '';

INSERT INTO viewer_wishes (viewer_did, item, wish, received_at)
SELECT viewer_did, item, toInt8(if(event = 'requestLess', -1, 1)) AS wish, received_at
FROM feed_interactions
WHERE event IN ('requestLess', 'requestMore') AND item != '';
