-- The last handle of each account, by the identity event's inner time.
CREATE TABLE actor_handles
(
    did String CODEC(ZSTD(1)),
    handle String CODEC(ZSTD(1)),
    version UInt64 COMMENT 'inner time in microseconds * 2048: comparable with the version of a record' CODEC(ZSTD(1)),
    did_key UInt64 MATERIALIZED sipHash64(did) CODEC(ZSTD(1)),
    INDEX handle_bloom handle TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY did
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The last account event of each account, and its last deletion beside it: after a deletion only newer records show,
-- even when the account is active again. Two rows an account at the most.
CREATE TABLE actor_status
(
    did String CODEC(ZSTD(1)),
    is_deletion UInt8 COMMENT '1 in the row of the last event with status deleted',
    active UInt8,
    status String COMMENT 'an open set: takendown, suspended, deleted, deactivated …; empty when active' CODEC(ZSTD(1)),
    version UInt64 COMMENT 'inner time in microseconds * 2048' CODEC(ZSTD(1)),
    ingest_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when this row was written; only the dictionary hidden_recent reads it',
    did_key UInt64 MATERIALIZED sipHash64(did),
    INDEX ingest_at_minmax ingest_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (did, is_deletion)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Below which version nothing of an account shows: all while it is inactive, what is not newer than its last deletion when it is active again.
-- 0: nothing is hidden.
CREATE VIEW hidden_actors AS
SELECT
    did_key,
    if(argMax(active, (version, is_deletion)) = 0, toUInt64(18446744073709551615), maxIf(version, is_deletion = 1)) AS hidden_below
FROM actor_status FINAL
GROUP BY did_key;
