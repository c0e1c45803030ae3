-- What could not be indexed, with the reason: by a hash of the event without time_us and cursor, so that a replay adds nothing.
CREATE TABLE rejected_events
(
    event_hash FixedString(32) COMMENT 'first 16 bytes of the SHA-256, in hex',
    reason LowCardinality(String),
    detail String CODEC(ZSTD(1)),
    did String CODEC(ZSTD(1)),
    kind String CODEC(ZSTD(1)),
    collection String CODEC(ZSTD(1)),
    event String COMMENT 'the frame or the refused row, at most 1 MiB of it' CODEC(ZSTD(3)),
    event_bytes UInt64 COMMENT 'its whole length',
    ingest_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY event_hash
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Stretches of the stream that may be missing.
CREATE TABLE ingest_gaps
(
    gap_id FixedString(32) COMMENT 'hash of host, from and the last known identity',
    host String,
    kind LowCardinality(String) COMMENT 'possible',
    from_time DateTime64(6, 'UTC') COMMENT 'rev time of the last known event',
    to_time DateTime64(6, 'UTC') COMMENT 'rev time of the first event met after it',
    detail String,
    ingest_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY gap_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The copy of the cursor in Redis, for the day when Redis has lost it.
CREATE TABLE ingest_progress
(
    stream String COMMENT 'the prefix of the Redis key',
    progress_json String CODEC(ZSTD(1)),
    last_seq UInt64 COMMENT 'time_us of the last event',
    version UInt64 COMMENT 'the fence of the lease and the number of saves in its name; without a lease, microseconds when it was saved'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY stream
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
