-- Back to a table for each kind of record, with the deleted ones, which keep older versions out. Stop the indexer before: what it writes
-- while the rows go back is lost.
DROP VIEW recent_posts_with_score;
DROP VIEW recent_posts;
DROP VIEW actor_days_from_post_rows;
DROP VIEW actor_days_from_record_rows;
DROP VIEW record_ops_from_post_rows;
DROP VIEW record_ops_from_record_rows;
DROP VIEW blocks_from_record_rows;
DROP VIEW follows_from_record_rows;
DROP VIEW repo_records;
DROP VIEW posts;
DROP VIEW reposts;
DROP VIEW likes;

CREATE TABLE repo_records
(
    record_hour UInt32 COMMENT 'hours since 1970 of the TID in the rkey; 0 when there is none within bounds' CODEC(Delta, ZSTD(1)),
    repo String COMMENT 'DID' CODEC(ZSTD(1)),
    collection String COMMENT 'NSID' CODEC(ZSTD(1)),
    rkey String CODEC(ZSTD(1)),
    record_time DateTime('UTC') COMMENT 'time of the TID in the rkey; 1970-01-01 when there is none within bounds' CODEC(ZSTD(1)),
    operation LowCardinality(String) COMMENT 'create, update or delete',
    record_json String COMMENT 'without the cids of StrongRefs; empty after a delete' CODEC(ZSTD(3)),
    version UInt64 COMMENT 'rev * 2, + 1 for a write; of rows before 0011 + 1 for a delete; rev is the TID as an integer' CODEC(ZSTD(1)),
    deleted UInt8 CODEC(ZSTD(1)),
    uri String ALIAS concat('at://', repo, '/', collection, '/', rkey),
    INDEX repo_bloom repo TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYear(record_time)
ORDER BY (record_hour, collection, repo, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE posts
(
    record_hour UInt32 CODEC(Delta, ZSTD(1)),
    did String CODEC(ZSTD(1)),
    rkey String CODEC(ZSTD(1)),
    record_time DateTime('UTC') CODEC(ZSTD(1)),
    sort_at DateTime64(3, 'UTC') COMMENT 'the earliest of the times in rev, rkey and createdAt' CODEC(ZSTD(1)),
    text String CODEC(ZSTD(3)),
    langs Array(String) CODEC(ZSTD(1)),
    tags Array(String) CODEC(ZSTD(1)),
    mentions Array(String) COMMENT 'DIDs' CODEC(ZSTD(1)),
    tokens Array(String) COMMENT 'words of the text, | and those of each caption, ^ and the word without accents, then marks: #tag, @did, =lang, +media, ~character' CODEC(ZSTD(1)),
    parent_uri String CODEC(ZSTD(1)),
    root_uri String CODEC(ZSTD(1)),
    quote_uri String CODEC(ZSTD(1)),
    embed LowCardinality(String) COMMENT 'none, images, gallery, video, external, record, or other for what is attached and not understood',
    has_embedded_media UInt8 CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8 CODEC(ZSTD(1)),
    did_key UInt64 MATERIALIZED sipHash64(did) CODEC(ZSTD(1)),
    uri_key UInt64 MATERIALIZED sipHash64(concat('at://', did, '/app.bsky.feed.post/', rkey)) CODEC(NONE),
    uri String ALIAS concat('at://', did, '/app.bsky.feed.post/', rkey),
    INDEX did_bloom did TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX tokens_text tokens TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYear(record_time)
ORDER BY (record_hour, did, rkey)
-- A search reads single posts, each of which costs the rows of its granule.
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 1024;

CREATE TABLE likes
(
    record_hour UInt32 CODEC(Delta, ZSTD(1)),
    actor_did String CODEC(ZSTD(1)),
    rkey String CODEC(ZSTD(1)),
    record_time DateTime('UTC') CODEC(ZSTD(1)),
    sort_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    subject_uri String CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8 CODEC(ZSTD(1)),
    did_key UInt64 MATERIALIZED sipHash64(actor_did) CODEC(ZSTD(1)),
    subject_key UInt64 MATERIALIZED sipHash64(subject_uri) CODEC(ZSTD(1)),
    uri String ALIAS concat('at://', actor_did, '/app.bsky.feed.like/', rkey)
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYear(record_time)
ORDER BY (record_hour, actor_did, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE reposts
(
    record_hour UInt32 CODEC(Delta, ZSTD(1)),
    actor_did String CODEC(ZSTD(1)),
    rkey String CODEC(ZSTD(1)),
    record_time DateTime('UTC') CODEC(ZSTD(1)),
    sort_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    subject_uri String CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8 CODEC(ZSTD(1)),
    did_key UInt64 MATERIALIZED sipHash64(actor_did) CODEC(ZSTD(1)),
    subject_key UInt64 MATERIALIZED sipHash64(subject_uri) CODEC(ZSTD(1)),
    uri String ALIAS concat('at://', actor_did, '/app.bsky.feed.repost/', rkey)
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYear(record_time)
ORDER BY (record_hour, actor_did, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE graph_by_hour
(
    record_hour UInt32 CODEC(Delta, ZSTD(1)),
    kind LowCardinality(String) COMMENT 'follow or block',
    did_key UInt64 CODEC(NONE),
    rkey String CODEC(ZSTD(1)),
    subject_key UInt64 CODEC(NONE),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (record_hour, kind, did_key, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

INSERT INTO repo_records (record_hour, repo, collection, rkey, record_time, operation, record_json, version, deleted)
WITH toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) + created_delta AS created_ms
SELECT
    record_hour,
    repo,
    toString(collection) AS collection,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    toString(operation) AS operation,
    if(deleted, '', if(
        json_rest = '' OR startsWith(json_rest, ','),
        concat(
            '{"$type":"', collection, '","createdAt":"', formatDateTime(fromUnixTimestamp64Milli(created_ms, 'UTC'), '%Y-%m-%dT%H:%i:%S.', 'UTC'), leftPad(toString(created_ms % 1000), 3, '0'), 'Z', '","subject":',
            if(startsWith(collection, 'app.bsky.feed.'), concat('{"uri":"', subject, '"}'), concat('"', subject, '"')),
            json_rest, '}'),
        json_rest)) AS record_json,
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version,
    deleted
FROM record_rows;

INSERT INTO repo_records (record_hour, repo, collection, rkey, record_time, operation, record_json, version, deleted)
SELECT
    record_hour,
    did AS repo,
    'app.bsky.feed.post' AS collection,
    rkey,
    if(record_hour = 0, toDateTime(0, 'UTC'), toDateTime(intDiv(bitShiftRight(reinterpretAsUInt64(reverse(substring(tryBase32Decode(concat('AAA', translate(rkey, '234567abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'))), 3))), 10), 1000000), 'UTC')) AS record_time,
    toString(operation) AS operation,
    if(deleted, '', replaceOne(
        replaceOne(
            replaceOne(
                replaceOne(
                    replaceOne(
                        json_rest,
                        '\x05', concat('"uri":"', quote_uri, '"')),
                    '\x04', concat('"text":"', replaceAll(replaceAll(replaceAll(text, '\\', '\\\\'), '"', '\\"'), '\n', '\\n'), '"')),
                '\x03', concat('"reply":{"parent":{"uri":"', parent_uri, '"},"root":{"uri":"', root_uri, '"}}')),
            '\x02', concat('"langs":["', arrayStringConcat(langs, '","'), '"]')),
        '\x01', concat('"$type":"app.bsky.feed.post","createdAt":"', formatDateTime(fromUnixTimestamp64Milli(toUnixTimestamp64Milli(sort_at), 'UTC'), '%Y-%m-%dT%H:%i:%S.', 'UTC'), leftPad(toString(toUnixTimestamp64Milli(sort_at) % 1000), 3, '0'), 'Z', '"'))) AS record_json,
    version,
    deleted
FROM post_rows
-- Posts that were kept without their record had no row.
WHERE deleted OR json_rest != '';

INSERT INTO posts (record_hour, did, rkey, record_time, sort_at, text, langs, tags, mentions, tokens, parent_uri, root_uri, quote_uri, embed, has_embedded_media, version, deleted)
SELECT record_hour, did, rkey, if(record_hour = 0, toDateTime(0, 'UTC'), toDateTime(intDiv(bitShiftRight(reinterpretAsUInt64(reverse(substring(tryBase32Decode(concat('AAA', translate(rkey, '234567abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'))), 3))), 10), 1000000), 'UTC')) AS record_time, sort_at, text, langs, tags, mentions, tokens, parent_uri, root_uri, quote_uri, embed, has_embedded_media, version, deleted
FROM post_rows;

INSERT INTO likes (record_hour, actor_did, rkey, record_time, sort_at, subject_uri, version, deleted)
WITH toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS key_ms
SELECT
    record_hour,
    repo,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    fromUnixTimestamp64Milli(least(key_ms + created_delta, if(rkey_tid = 0, 9223372036854775807, key_ms), if(version < 3414550118400000000, 9223372036854775807, toInt64(intDiv(bitShiftRight(version, 11), 1000)))), 'UTC') AS sort_at,
    toString(subject),
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version,
    toUInt8(subject = '') AS deleted
FROM record_rows
WHERE collection = 'app.bsky.feed.like';

INSERT INTO reposts (record_hour, actor_did, rkey, record_time, sort_at, subject_uri, version, deleted)
WITH toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS key_ms
SELECT
    record_hour,
    repo,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    fromUnixTimestamp64Milli(least(key_ms + created_delta, if(rkey_tid = 0, 9223372036854775807, key_ms), if(version < 3414550118400000000, 9223372036854775807, toInt64(intDiv(bitShiftRight(version, 11), 1000)))), 'UTC') AS sort_at,
    toString(subject),
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version,
    toUInt8(subject = '') AS deleted
FROM record_rows
WHERE collection = 'app.bsky.feed.repost';

INSERT INTO graph_by_hour SELECT record_hour, 'follow', did_key, rkey, subject_key, version, deleted FROM follows;
INSERT INTO graph_by_hour SELECT record_hour, 'block', did_key, rkey, subject_key, version, deleted FROM blocks;

CREATE MATERIALIZED VIEW record_ops_from_records TO record_ops AS
SELECT
    toUInt32(intDiv(bitShiftRight(version, 11), 3600000000)) AS rev_hour,
    collection,
    operation,
    sipHash64(repo, rkey, intDiv(version, 2) * 2 + (operation = 'delete')) AS op_key
FROM repo_records;

CREATE MATERIALIZED VIEW graph_by_hour_from_follows TO graph_by_hour AS
SELECT record_hour, 'follow' AS kind, sipHash64(actor_did) AS did_key, rkey, sipHash64(subject_did) AS subject_key, version, deleted
FROM follows;

CREATE MATERIALIZED VIEW graph_by_hour_from_blocks TO graph_by_hour AS
SELECT record_hour, 'block' AS kind, sipHash64(actor_did) AS did_key, rkey, sipHash64(subject_did) AS subject_key, version, deleted
FROM blocks;

CREATE MATERIALIZED VIEW actor_days_from_posts TO actor_days AS
SELECT DISTINCT sipHash64(did) AS did_key, toDate(record_time) AS day FROM posts;

CREATE MATERIALIZED VIEW actor_days_from_likes TO actor_days AS
SELECT DISTINCT sipHash64(actor_did) AS did_key, toDate(record_time) AS day FROM likes;

CREATE MATERIALIZED VIEW actor_days_from_follows TO actor_days AS
SELECT DISTINCT sipHash64(actor_did) AS did_key, toDate(record_time) AS day FROM follows;

CREATE MATERIALIZED VIEW actor_days_from_blocks TO actor_days AS
SELECT DISTINCT sipHash64(actor_did) AS did_key, toDate(record_time) AS day FROM blocks;

CREATE VIEW recent_posts AS
SELECT
    did, rkey, uri, uri_key, did_key, sort_at, text, langs, tags, mentions, parent_uri, root_uri, quote_uri, embed, has_embedded_media
FROM posts FINAL
WHERE record_hour >= intDiv(toUnixTimestamp(now()), 3600) - 72
    AND sort_at > now64(3, 'UTC') - INTERVAL 72 HOUR
    AND sort_at <= now64(3, 'UTC')
    AND version > dictGetOrDefault('hidden_recent', 'hidden_below', did_key, dictGet('hidden', 'hidden_below', did_key));

CREATE VIEW recent_posts_with_score AS
SELECT
    recent_posts.*,
    liked.like_count AS like_count,
    dateDiff('second', sort_at, now64(3, 'UTC')) / 3600 AS age_hours,
    (toInt64(like_count) - 1) / pow(age_hours + 2, 1.8) AS score
FROM recent_posts
LEFT JOIN
(
    SELECT subject_key, uniqExact(did_key) AS like_count
    FROM likes FINAL
    WHERE record_hour >= intDiv(toUnixTimestamp(now()), 3600) - 72
        AND sort_at <= now64(3, 'UTC')
        AND version > dictGetOrDefault('hidden_recent', 'hidden_below', did_key, dictGet('hidden', 'hidden_below', did_key))
    GROUP BY subject_key
) AS liked ON liked.subject_key = recent_posts.uri_key;

ALTER TABLE record_ops MODIFY COLUMN op_key UInt64 COMMENT 'sipHash64 of (repo, rkey, rev * 2, + 1 for a delete)' CODEC(NONE);
ALTER TABLE actor_days MODIFY COLUMN did_key UInt64 CODEC(NONE);

DROP TABLE post_rows;
DROP TABLE record_rows;
