-- The state of every record: one row per (repo, collection, rkey), its last operation.
-- A delete event names only those three, so the sort key and the partition hold them and values computed from the rkey, nothing else.
CREATE TABLE repo_records
(
    record_hour UInt32 COMMENT 'hours since 1970 of the TID in the rkey; 0 when there is none within bounds' CODEC(Delta, ZSTD(1)),
    repo String COMMENT 'DID' CODEC(ZSTD(1)),
    collection String COMMENT 'NSID' CODEC(ZSTD(1)),
    rkey String CODEC(ZSTD(1)),
    record_time DateTime('UTC') COMMENT 'time of the TID in the rkey; 1970-01-01 when there is none within bounds' CODEC(ZSTD(1)),
    operation LowCardinality(String) COMMENT 'create, update or delete',
    record_json String COMMENT 'without the cids of StrongRefs; empty after a delete' CODEC(ZSTD(3)),
    version UInt64 COMMENT 'rev * 2, + 1 for a delete; rev is the TID as an integer' CODEC(ZSTD(1)),
    deleted UInt8 CODEC(ZSTD(1)),
    uri String ALIAS concat('at://', repo, '/', collection, '/', rkey),
    INDEX repo_bloom repo TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYear(record_time)
ORDER BY (record_hour, collection, repo, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What happened: one row per operation ever seen, a set by its key, so that a replay adds nothing.
CREATE TABLE record_ops
(
    rev_hour UInt32 COMMENT 'hours since 1970 of the commit''s rev' CODEC(Delta, ZSTD(1)),
    collection String CODEC(ZSTD(1)),
    operation LowCardinality(String),
    op_key UInt64 COMMENT 'sipHash64 of (repo, rkey, version)' CODEC(NONE)
)
ENGINE = ReplacingMergeTree
ORDER BY (rev_hour, collection, operation, op_key)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW record_ops_from_records TO record_ops AS
SELECT
    toUInt32(intDiv(bitShiftRight(version, 11), 3600000000)) AS rev_hour,
    collection,
    operation,
    sipHash64(repo, rkey, version) AS op_key
FROM repo_records;
