-- Gaps of the stream that were read again. A gap is healed when its stretch lies within that of its row here: ingest_gaps may tell it again,
-- longer.
CREATE TABLE healed_gaps
(
    gap_id FixedString(32) COMMENT 'of ingest_gaps',
    from_time DateTime64(6, 'UTC') COMMENT 'the gap as it was known then',
    to_time DateTime64(6, 'UTC'),
    source String COMMENT 'where the stretch was read: an archive, or a host' CODEC(ZSTD(1)),
    num_events UInt64 COMMENT 'events read, those included that were known' CODEC(T64, ZSTD(1)),
    healed_at DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(healed_at)
ORDER BY gap_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The gaps that are open.
CREATE VIEW open_gaps AS
SELECT gap_id, host, kind, from_time, to_time, detail, ingest_at
FROM (SELECT gap_id, host, kind, from_time, to_time, detail, ingest_at FROM ingest_gaps FINAL) AS gaps
LEFT JOIN (SELECT gap_id, from_time AS healed_from, to_time AS healed_to, 1 AS is_healed FROM healed_gaps FINAL) AS healed USING gap_id
WHERE NOT (is_healed AND from_time >= healed_from AND to_time <= healed_to);
