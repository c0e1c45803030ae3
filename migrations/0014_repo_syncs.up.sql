-- A #sync says that a repository is not what its commits told. Its records come again after it, each with the rev of the repository's head.
-- So a record shows when its rev is that of the account's last #sync or later. Its row stays, like that of an inactive account.
CREATE TABLE repo_syncs
(
    did String CODEC(ZSTD(1)),
    version UInt64 COMMENT 'rev * 2 of the #sync: a record shows from this version on' CODEC(ZSTD(1)),
    ingest_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when this row was written; the dictionary hidden_recent and the daily statistics read it',
    did_key UInt64 MATERIALIZED sipHash64(did),
    INDEX ingest_at_minmax ingest_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY did
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW hidden_actors AS
SELECT
    did_key,
    if(argMax(active, (version, is_deletion)) = 0, toUInt64(18446744073709551615), greatest(maxIf(version, is_deletion = 1), max(synced_below))) AS hidden_below
FROM
(
    SELECT did_key, active, version, is_deletion, toUInt64(0) AS synced_below
    FROM actor_status FINAL
    UNION ALL
    SELECT did_key, toUInt8(1), toUInt64(0), toUInt8(0), toUInt64(greatest(version, 1) - 1)
    FROM repo_syncs FINAL
)
GROUP BY did_key;

CREATE OR REPLACE VIEW hidden_actors_recent AS
SELECT
    did_key,
    if(argMax(active, (version, is_deletion)) = 0, toUInt64(18446744073709551615), greatest(maxIf(version, is_deletion = 1), max(synced_below))) AS hidden_below
FROM
(
    SELECT did_key, active, version, is_deletion, toUInt64(0) AS synced_below
    FROM actor_status FINAL
    WHERE did GLOBAL IN (SELECT did FROM actor_status WHERE ingest_at >= (SELECT max(folded_at) FROM hidden_folds))
        OR did GLOBAL IN (SELECT did FROM repo_syncs WHERE ingest_at >= (SELECT max(folded_at) FROM hidden_folds))
    UNION ALL
    SELECT did_key, toUInt8(1), toUInt64(0), toUInt8(0), toUInt64(greatest(version, 1) - 1)
    FROM repo_syncs FINAL
    WHERE did GLOBAL IN (SELECT did FROM actor_status WHERE ingest_at >= (SELECT max(folded_at) FROM hidden_folds))
        OR did GLOBAL IN (SELECT did FROM repo_syncs WHERE ingest_at >= (SELECT max(folded_at) FROM hidden_folds))
)
GROUP BY did_key;
