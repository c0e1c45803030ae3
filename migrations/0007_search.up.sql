-- What a post can be found by: words of its text in their order, then marks (#tag, @did, =lang, +media, ~character). Made by
-- postTokens() of packages/atproto; the engine's own tokenizers split every non-ASCII letter. Posts written before this column
-- stood are found after a replay.
ALTER TABLE posts ADD COLUMN tokens Array(String) CODEC(ZSTD(1)) AFTER mentions;
ALTER TABLE posts ADD INDEX tokens_text tokens TYPE text(tokenizer = 'array');

-- Follows and blocks by hour: their own tables are sorted by actor, and a day of them would be a scan.
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

CREATE MATERIALIZED VIEW graph_by_hour_from_follows TO graph_by_hour AS
SELECT record_hour, 'follow' AS kind, sipHash64(actor_did) AS did_key, rkey, sipHash64(subject_did) AS subject_key, version, deleted
FROM follows;

CREATE MATERIALIZED VIEW graph_by_hour_from_blocks TO graph_by_hour AS
SELECT record_hour, 'block' AS kind, sipHash64(actor_did) AS did_key, rkey, sipHash64(subject_did) AS subject_key, version, deleted
FROM blocks;

-- The days on which an account has records: they are touched when its status changes.
CREATE TABLE actor_days
(
    did_key UInt64 CODEC(NONE),
    day Date CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (did_key, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW actor_days_from_posts TO actor_days AS
SELECT DISTINCT sipHash64(did) AS did_key, toDate(record_time) AS day FROM posts;
CREATE MATERIALIZED VIEW actor_days_from_likes TO actor_days AS
SELECT DISTINCT sipHash64(actor_did) AS did_key, toDate(record_time) AS day FROM likes;
CREATE MATERIALIZED VIEW actor_days_from_follows TO actor_days AS
SELECT DISTINCT sipHash64(actor_did) AS did_key, toDate(record_time) AS day FROM follows;
CREATE MATERIALIZED VIEW actor_days_from_blocks TO actor_days AS
SELECT DISTINCT sipHash64(actor_did) AS did_key, toDate(record_time) AS day FROM blocks;

-- Days whose records changed since they were counted.
CREATE TABLE touched_days
(
    source LowCardinality(String) COMMENT 'records (daily_stats) or ops (daily_collection_stats)',
    day Date,
    touched_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(touched_at)
ORDER BY (source, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW touched_days_from_actor_days TO touched_days AS
SELECT 'records' AS source, day, now64(3, 'UTC') AS touched_at FROM actor_days GROUP BY day;
CREATE MATERIALIZED VIEW touched_days_from_record_ops TO touched_days AS
SELECT 'ops' AS source, toDate(toUInt16(least(intDiv(rev_hour, 24), 65535))) AS day, now64(3, 'UTC') AS touched_at
FROM record_ops GROUP BY day;

-- A row a day, rewritten whenever the day was touched; an emptied day is a row of zeros. Undeleted records of active accounts by
-- the time in their key, one like, follow and block per account and subject. Records without such a time are day 1970-01-01.
CREATE TABLE daily_stats
(
    day Date,
    num_likes UInt64,
    num_likers UInt64,
    num_posts UInt64,
    num_posters UInt64,
    num_follows UInt64,
    num_followers UInt64 COMMENT 'accounts that followed somebody',
    num_blocks UInt64,
    num_blockers UInt64,
    computed_at DateTime64(3, 'UTC') COMMENT 'just before the records were read'
)
ENGINE = ReplacingMergeTree(computed_at)
ORDER BY day
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Operations by the day of their commit.
CREATE TABLE daily_collection_stats
(
    day Date,
    collection String,
    operation LowCardinality(String),
    num_ops UInt64,
    computed_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(computed_at)
ORDER BY (day, collection, operation)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Which days of which source were counted, and when: the partner of touched_days.
CREATE TABLE counted_days
(
    source LowCardinality(String),
    day Date,
    computed_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(computed_at)
ORDER BY (source, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Accounts that hosts list (com.atproto.sync.listRepos).
CREATE TABLE listed_accounts
(
    did_key UInt64 CODEC(NONE),
    active UInt8,
    version UInt64 COMMENT 'microseconds since 1970 when it was listed' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY did_key
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- How far background work has come.
CREATE TABLE job_progress
(
    name String,
    progress_json String,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Likes of the last day by post, in generations: a page of "top" goes on in the generation that it began in.
CREATE TABLE post_like_counts
(
    generation UInt64 COMMENT 'milliseconds since 1970',
    uri_key UInt64 CODEC(NONE),
    num_likes UInt32 CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY generation
ORDER BY uri_key;

-- Clean-ups. Only the holder of the account's lease writes here; its fence is in the upper half of the version, so that a holder
-- that lost the lease changes nothing.
CREATE TABLE repo_cleanup_jobs
(
    job_id String,
    repo String COMMENT 'DID',
    cleanup_types Array(String),
    delete_older_than DateTime64(3, 'UTC'),
    refresh_token String COMMENT 'JWE; empty once the job has ended',
    num_deleted UInt64,
    num_deleted_today UInt64,
    num_deleted_hour UInt64,
    today Date COMMENT 'the UTC day that num_deleted_today counts',
    hour_started_at DateTime64(3, 'UTC') COMMENT 'the beginning of the hour that num_deleted_hour counts',
    est_num_remaining UInt64,
    job_state LowCardinality(String) COMMENT 'queued, running, waiting, completed, cancelled or failed',
    state_reason String,
    num_failures UInt32 COMMENT 'tries in a row without a success',
    in_flight Array(String) COMMENT 'collection/rkey of the batch whose outcome is not recorded yet',
    next_run_at DateTime64(3, 'UTC'),
    created_at DateTime64(3, 'UTC'),
    updated_at DateTime64(3, 'UTC'),
    last_deleted_at DateTime64(3, 'UTC') COMMENT '1970-01-01 before the first',
    version UInt64 COMMENT 'fence * 2^24 + step',
    INDEX repo_bloom repo TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY job_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What the owner of a job asked: beside the job, so that it can be written while a worker holds the lease.
CREATE TABLE repo_cleanup_requests
(
    job_id String,
    kind LowCardinality(String) COMMENT 'secret or cancel',
    value String COMMENT 'SHA-256 of the secret, in hex; empty for cancel',
    version UInt64 COMMENT 'microseconds since 1970'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (job_id, kind)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- For stores that already hold records.
INSERT INTO graph_by_hour SELECT record_hour, 'follow', did_key, rkey, subject_key, version, deleted FROM follows;
INSERT INTO graph_by_hour SELECT record_hour, 'block', did_key, rkey, subject_key, version, deleted FROM blocks;
INSERT INTO actor_days SELECT DISTINCT did_key, toDate(record_time) FROM posts;
INSERT INTO actor_days SELECT DISTINCT did_key, toDate(record_time) FROM likes;
INSERT INTO actor_days SELECT DISTINCT did_key, toDate(record_time) FROM follows;
INSERT INTO actor_days SELECT DISTINCT did_key, toDate(record_time) FROM blocks;
INSERT INTO touched_days SELECT DISTINCT 'ops', toDate(toUInt16(least(intDiv(rev_hour, 24), 65535))), now64(3, 'UTC') FROM record_ops;
