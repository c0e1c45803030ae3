-- The whole schema as ClickHouse tells it, after all migrations. Written by `just migrate-dump-schema`; a test keeps it true.

CREATE TABLE actor_days
(
    `did_key` UInt64 CODEC(Delta(8), ZSTD(1)),
    `day` Date CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (did_key, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE MATERIALIZED VIEW actor_days_from_post_rows TO actor_days
(
    `did_key` UInt64,
    `day` Date
)
AS SELECT DISTINCT
    sipHash64(did) AS did_key,
    toDate(toUInt16(intDiv(record_hour, 24))) AS day
FROM post_rows;

CREATE MATERIALIZED VIEW actor_days_from_record_rows TO actor_days
(
    `did_key` UInt64,
    `day` Date
)
AS SELECT DISTINCT
    sipHash64(repo) AS did_key,
    toDate(toUInt16(intDiv(record_hour, 24))) AS day
FROM record_rows
WHERE collection IN ('app.bsky.feed.like', 'app.bsky.graph.follow', 'app.bsky.graph.block');

CREATE TABLE actor_handles
(
    `did` String CODEC(ZSTD(1)),
    `handle` String CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'inner time in microseconds * 2048: comparable with the version of a record' CODEC(ZSTD(1)),
    `did_key` UInt64 MATERIALIZED sipHash64(did) CODEC(ZSTD(1)),
    INDEX handle_bloom handle TYPE bloom_filter(0.01) GRANULARITY 1,
    PROJECTION by_handle
    (
        SELECT
            handle,
            did
        ORDER BY handle
    )
)
ENGINE = ReplacingMergeTree(version)
ORDER BY did
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192, deduplicate_merge_projection_mode = 'rebuild', default_compression_codec = 'ZSTD(1)';

CREATE TABLE actor_label_changes
(
    `label` String CODEC(ZSTD(1)),
    `actor_did` String CODEC(ZSTD(1)),
    `version` UInt64 CODEC(ZSTD(1)),
    `changed_at` DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    `changed_by` String CODEC(ZSTD(1)),
    `is_member` UInt8
)
ENGINE = ReplacingMergeTree
ORDER BY (label, actor_did, version)
SETTINGS index_granularity = 8192;

CREATE MATERIALIZED VIEW actor_label_changes_from_labels TO actor_label_changes
(
    `label` String,
    `actor_did` String,
    `version` UInt64,
    `changed_at` DateTime64(6, 'UTC'),
    `changed_by` String,
    `is_member` UInt8
)
AS SELECT
    label,
    actor_did,
    version,
    fromUnixTimestamp64Micro(toInt64(version), 'UTC') AS changed_at,
    changed_by,
    toUInt8(deleted = 0) AS is_member
FROM actor_labels;

CREATE TABLE actor_labels
(
    `label` String CODEC(ZSTD(1)),
    `actor_did` String CODEC(ZSTD(1)),
    `created_at` DateTime64(3, 'UTC') COMMENT 'since when the actor bears the label' CODEC(ZSTD(1)),
    `changed_by` String COMMENT 'who made the last change: the DID of an API key\'s user and the key\'s id, or what a command was told' CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'microseconds since 1970 of the last change' CODEC(ZSTD(1)),
    `deleted` UInt8
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (label, actor_did)
SETTINGS index_granularity = 8192;

CREATE TABLE actor_status
(
    `did` String CODEC(ZSTD(1)),
    `is_deletion` UInt8 COMMENT '1 in the row of the last event with status deleted',
    `active` UInt8,
    `status` String COMMENT 'an open set: takendown, suspended, deleted, deactivated …; empty when active' CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'inner time in microseconds * 2048' CODEC(ZSTD(1)),
    `ingest_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when this row was written; only the dictionary hidden_recent reads it',
    `did_key` UInt64 MATERIALIZED sipHash64(did),
    INDEX ingest_at_minmax ingest_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (did, is_deletion)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE VIEW actors
(
    `did` String,
    `handle` String,
    `active` UInt8,
    `status` String,
    `deleted_below` UInt64
)
AS SELECT
    did,
    max(known_handle) AS handle,
    argMax(is_active, (status_version, is_deletion)) AS active,
    argMax(known_status, (status_version, is_deletion)) AS status,
    maxIf(status_version, is_deletion = 1) AS deleted_below
FROM
(
    SELECT
        did,
        handle AS known_handle,
        toUInt8(1) AS is_active,
        '' AS known_status,
        toUInt64(0) AS status_version,
        toUInt8(0) AS is_deletion
    FROM actor_handles
    FINAL
    UNION ALL
    SELECT
        did,
        '',
        active,
        status,
        version,
        is_deletion
    FROM actor_status
    FINAL
)
GROUP BY did;

CREATE TABLE api_key_uses
(
    `key_id` String CODEC(ZSTD(1)),
    `last_used_at` DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(last_used_at)
ORDER BY key_id
SETTINGS index_granularity = 8192;

CREATE TABLE api_keys
(
    `key_id` String CODEC(ZSTD(1)),
    `key_hash` FixedString(64) COMMENT 'SHA-256 of the whole key, in hex' CODEC(ZSTD(1)),
    `feeds` Array(String) COMMENT 'aliases it may administer' CODEC(ZSTD(1)),
    `actor_did` String COMMENT 'whose key it is' CODEC(ZSTD(1)),
    `created_at` DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    `revoked_at` DateTime64(3, 'UTC') COMMENT '1970-01-01 while it is good' CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'microseconds since 1970 of the last change' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY key_id
SETTINGS index_granularity = 8192;

CREATE TABLE audit_log
(
    `at` DateTime64(6, 'UTC') CODEC(ZSTD(1)),
    `feed` String COMMENT 'a feed\'s name or a label; empty for all feeds' CODEC(ZSTD(1)),
    `action` LowCardinality(String),
    `subject` String COMMENT 'the at-uri of a post, or a DID' CODEC(ZSTD(1)),
    `changed_by` String CODEC(ZSTD(1)),
    `note` String CODEC(ZSTD(1)),
    `entry_id` String COMMENT 'random, so that an entry sent twice stands once' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (feed, at, entry_id)
SETTINGS index_granularity = 8192;

CREATE MATERIALIZED VIEW audit_log_from_member_requests TO audit_log
(
    `at` DateTime64(6, 'UTC'),
    `feed` String,
    `action` LowCardinality(String),
    `subject` String,
    `changed_by` String,
    `note` String,
    `entry_id` String
)
AS SELECT
    fromUnixTimestamp64Micro(toInt64(version), 'UTC') AS at,
    label AS feed,
    concat('member ', state) AS action,
    actor_did AS subject,
    changed_by,
    note,
    hex(sipHash64(label, actor_did, version)) AS entry_id
FROM member_requests;

CREATE TABLE blocks
(
    `actor_did` String CODEC(ZSTD(1)),
    `rkey` String CODEC(ZSTD(1)),
    `record_hour` UInt32 CODEC(ZSTD(1)),
    `record_time` DateTime('UTC') CODEC(ZSTD(1)),
    `sort_at` DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    `subject_did` String CODEC(ZSTD(1)),
    `version` UInt64 CODEC(ZSTD(1)),
    `deleted` UInt8 CODEC(ZSTD(1)),
    `did_key` UInt64 MATERIALIZED sipHash64(actor_did) CODEC(ZSTD(1)),
    `subject_key` UInt64 MATERIALIZED sipHash64(subject_did) CODEC(ZSTD(1)),
    `uri` String ALIAS concat('at://', actor_did, '/app.bsky.graph.block/', rkey)
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (actor_did, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE MATERIALIZED VIEW blocks_from_record_rows TO blocks
(
    `actor_did` String,
    `rkey` String,
    `record_hour` UInt32,
    `record_time` DateTime('UTC'),
    `sort_at` DateTime64(3, 'UTC'),
    `subject_did` LowCardinality(String),
    `version` UInt64,
    `deleted` LowCardinality(UInt8)
)
AS WITH
    toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS key_ms
SELECT
    repo AS actor_did,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    record_hour,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    fromUnixTimestamp64Milli(least(key_ms + created_delta, if(rkey_tid = 0, 9223372036854775807, key_ms), if(((relative_version + (2 * rkey_tid)) + 9223372036854775808) < 3414550118400000000, 9223372036854775807, toInt64(intDiv(bitShiftRight(((relative_version + (2 * rkey_tid)) + 9223372036854775808), 11), 1000)))), 'UTC') AS sort_at,
    toString(subject) AS subject_did,
    (relative_version + (2 * rkey_tid)) + 9223372036854775808 AS version,
    toUInt8(subject = '') AS deleted
FROM record_rows
WHERE collection = 'app.bsky.graph.block';

CREATE TABLE counted_days
(
    `source` LowCardinality(String),
    `day` Date,
    `computed_at` DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(computed_at)
ORDER BY (source, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE daily_collection_stats
(
    `day` Date,
    `collection` String,
    `operation` LowCardinality(String),
    `num_ops` UInt64,
    `computed_at` DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(computed_at)
ORDER BY (day, collection, operation)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE daily_stats
(
    `day` Date,
    `num_likes` UInt64,
    `num_likers` UInt64,
    `num_posts` UInt64,
    `num_posters` UInt64,
    `num_follows` UInt64,
    `num_followers` UInt64 COMMENT 'accounts that followed somebody',
    `num_blocks` UInt64,
    `num_blockers` UInt64,
    `computed_at` DateTime64(3, 'UTC') COMMENT 'just before the records were read'
)
ENGINE = ReplacingMergeTree(computed_at)
ORDER BY day
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE erased_accounts
(
    `did_hash` FixedString(64) COMMENT 'SHA-256 of the DID, in hex' CODEC(ZSTD(1)),
    `erased_at` DateTime64(3, 'UTC') COMMENT 'when its erasure was last asked for' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(erased_at)
ORDER BY did_hash
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE feed_hides
(
    `feed` String COMMENT 'its name; empty for all feeds' CODEC(ZSTD(1)),
    `subject` String COMMENT 'the at-uri of a post, or a DID' CODEC(ZSTD(1)),
    `reason` String CODEC(ZSTD(1)),
    `changed_by` String CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'microseconds since 1970 of the last change' CODEC(ZSTD(1)),
    `deleted` UInt8
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (feed, subject)
SETTINGS index_granularity = 8192;

CREATE TABLE feed_interactions
(
    `received_at` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    `feed` String COMMENT 'alias; empty when the sender named no feed of ours' CODEC(ZSTD(1)),
    `viewer_did` String CODEC(ZSTD(1)),
    `interaction_id` String COMMENT 'request and place in it, so that a repeated insert adds nothing' CODEC(ZSTD(1)),
    `item` String COMMENT 'uri of the post' CODEC(ZSTD(1)),
    `event` String COMMENT 'without app.bsky.feed.defs#' CODEC(ZSTD(1)),
    `feed_context` String CODEC(ZSTD(1)),
    `req_id` String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (feed, received_at, viewer_did, interaction_id)
TTL toDateTime(received_at, 'UTC') + toIntervalDay(90)
SETTINGS index_granularity = 8192;

CREATE TABLE feed_request_analytics
(
    `requested_at` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    `feed` String COMMENT 'alias' CODEC(ZSTD(1)),
    `viewer_did` String CODEC(ZSTD(1)),
    `request_id` String COMMENT 'so that a repeated insert adds nothing' CODEC(ZSTD(1)),
    `page_limit` UInt16 CODEC(ZSTD(1)),
    `page_size` UInt16 COMMENT 'posts given' CODEC(ZSTD(1)),
    `page_offset` UInt32 COMMENT 'of the first post in its build' CODEC(ZSTD(1)),
    `has_cursor` UInt8 CODEC(ZSTD(1)),
    `is_outsider` UInt8 COMMENT '1 when the list for outsiders was given' CODEC(ZSTD(1)),
    `accept_language` String CODEC(ZSTD(1)),
    `duration_us` UInt32 CODEC(ZSTD(1)),
    `build_id` String CODEC(ZSTD(1)),
    `variant` LowCardinality(String) COMMENT 'of the feed; empty where it has none' CODEC(ZSTD(1)),
    `items` Array(UInt64) COMMENT 'the posts given, in order: reinterpretAsUInt64(substring(MD5(uri), 1, 8))' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(requested_at)
ORDER BY (feed, requested_at, viewer_did, request_id)
TTL toDateTime(requested_at, 'UTC') + toIntervalDay(90)
SETTINGS index_granularity = 8192;

CREATE TABLE feed_settings
(
    `feed` String COMMENT 'its name' CODEC(ZSTD(1)),
    `settings` String COMMENT 'JSON: the value of each setting as the feeds file would have it, null for one that is left out; {} for nothing' CODEC(ZSTD(1)),
    `changed_by` String CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'microseconds since 1970 of the last change' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY feed
SETTINGS index_granularity = 8192;

CREATE VIEW following_counts
(
    `actor_did` String,
    `following_count` UInt64
)
AS SELECT
    actor_did,
    uniqExact(subject_key) AS following_count
FROM follows
FINAL
WHERE version > dictGetOrDefault('hidden_recent', 'hidden_below', did_key, dictGet('hidden', 'hidden_below', did_key))
GROUP BY actor_did;

CREATE TABLE follows
(
    `actor_did` String CODEC(ZSTD(1)),
    `rkey` String CODEC(ZSTD(1)),
    `record_hour` UInt32 CODEC(ZSTD(1)),
    `record_time` DateTime('UTC') CODEC(ZSTD(1)),
    `sort_at` DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    `subject_did` String CODEC(ZSTD(1)),
    `version` UInt64 CODEC(ZSTD(1)),
    `deleted` UInt8 CODEC(ZSTD(1)),
    `did_key` UInt64 MATERIALIZED sipHash64(actor_did) CODEC(ZSTD(1)),
    `subject_key` UInt64 MATERIALIZED sipHash64(subject_did) CODEC(ZSTD(1)),
    `uri` String ALIAS concat('at://', actor_did, '/app.bsky.graph.follow/', rkey)
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (actor_did, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE MATERIALIZED VIEW follows_from_record_rows TO follows
(
    `actor_did` String,
    `rkey` String,
    `record_hour` UInt32,
    `record_time` DateTime('UTC'),
    `sort_at` DateTime64(3, 'UTC'),
    `subject_did` LowCardinality(String),
    `version` UInt64,
    `deleted` LowCardinality(UInt8)
)
AS WITH
    toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS key_ms
SELECT
    repo AS actor_did,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    record_hour,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    fromUnixTimestamp64Milli(least(key_ms + created_delta, if(rkey_tid = 0, 9223372036854775807, key_ms), if(((relative_version + (2 * rkey_tid)) + 9223372036854775808) < 3414550118400000000, 9223372036854775807, toInt64(intDiv(bitShiftRight(((relative_version + (2 * rkey_tid)) + 9223372036854775808), 11), 1000)))), 'UTC') AS sort_at,
    toString(subject) AS subject_did,
    (relative_version + (2 * rkey_tid)) + 9223372036854775808 AS version,
    toUInt8(subject = '') AS deleted
FROM record_rows
WHERE collection = 'app.bsky.graph.follow';

CREATE TABLE healed_gaps
(
    `gap_id` FixedString(32) COMMENT 'of ingest_gaps',
    `from_time` DateTime64(6, 'UTC') COMMENT 'the gap as it was known then',
    `to_time` DateTime64(6, 'UTC'),
    `source` String COMMENT 'where the stretch was read: an archive, or a host' CODEC(ZSTD(1)),
    `num_events` UInt64 COMMENT 'events read, those included that were known' CODEC(T64, ZSTD(1)),
    `healed_at` DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(healed_at)
ORDER BY gap_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE DICTIONARY hidden
(
    `did_key` UInt64,
    `hidden_below` UInt64 DEFAULT 0
)
PRIMARY KEY did_key
SOURCE(CLICKHOUSE(TABLE hidden_actors WHERE 'hidden_below > 0'))
LIFETIME(MIN 0 MAX 0)
LAYOUT(HASHED());

CREATE VIEW hidden_actors
(
    `did_key` UInt64,
    `hidden_below` UInt64
)
AS SELECT
    did_key,
    if(argMax(active, (version, is_deletion)) = 0, toUInt64(18446744073709551615), greatest(maxIf(version, is_deletion = 1), max(synced_below))) AS hidden_below
FROM
(
    SELECT
        did_key,
        active,
        version,
        is_deletion,
        toUInt64(0) AS synced_below
    FROM actor_status
    FINAL
    UNION ALL
    SELECT
        did_key,
        toUInt8(1),
        toUInt64(0),
        toUInt8(0),
        toUInt64(greatest(version, 1) - 1)
    FROM repo_syncs
    FINAL
)
GROUP BY did_key;

CREATE VIEW hidden_actors_recent
(
    `did_key` UInt64,
    `hidden_below` UInt64
)
AS SELECT
    did_key,
    if(argMax(active, (version, is_deletion)) = 0, toUInt64(18446744073709551615), greatest(maxIf(version, is_deletion = 1), max(synced_below))) AS hidden_below
FROM
(
    SELECT
        did_key,
        active,
        version,
        is_deletion,
        toUInt64(0) AS synced_below
    FROM actor_status
    FINAL
    WHERE (did GLOBAL IN (
        SELECT did
        FROM actor_status
        WHERE ingest_at >= (
            SELECT max(folded_at)
            FROM hidden_folds
        )
    )) OR (did GLOBAL IN (
        SELECT did
        FROM repo_syncs
        WHERE ingest_at >= (
            SELECT max(folded_at)
            FROM hidden_folds
        )
    ))
    UNION ALL
    SELECT
        did_key,
        toUInt8(1),
        toUInt64(0),
        toUInt8(0),
        toUInt64(greatest(version, 1) - 1)
    FROM repo_syncs
    FINAL
    WHERE (did GLOBAL IN (
        SELECT did
        FROM actor_status
        WHERE ingest_at >= (
            SELECT max(folded_at)
            FROM hidden_folds
        )
    )) OR (did GLOBAL IN (
        SELECT did
        FROM repo_syncs
        WHERE ingest_at >= (
            SELECT max(folded_at)
            FROM hidden_folds
        )
    ))
)
GROUP BY did_key;

CREATE TABLE hidden_folds
(
    `folded_at` DateTime64(3, 'UTC') COMMENT 'what was written before stands in the dictionary hidden'
)
ENGINE = MergeTree
ORDER BY folded_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE DICTIONARY hidden_recent
(
    `did_key` UInt64,
    `hidden_below` UInt64 DEFAULT 0
)
PRIMARY KEY did_key
SOURCE(CLICKHOUSE(TABLE hidden_actors_recent))
LIFETIME(MIN 0 MAX 0)
LAYOUT(HASHED());

CREATE TABLE ingest_gaps
(
    `gap_id` FixedString(32) COMMENT 'hash of host, from and the last known identity',
    `host` String,
    `kind` LowCardinality(String) COMMENT 'possible',
    `from_time` DateTime64(6, 'UTC') COMMENT 'rev time of the last known event',
    `to_time` DateTime64(6, 'UTC') COMMENT 'rev time of the first event met after it',
    `detail` String,
    `ingest_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY gap_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE ingest_progress
(
    `stream` String COMMENT 'the prefix of the Redis key',
    `progress_json` String CODEC(ZSTD(1)),
    `last_seq` UInt64 COMMENT 'time_us of the last event',
    `version` UInt64 COMMENT 'the fence of the lease and the number of saves in its name; without a lease, microseconds when it was saved'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY stream
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE job_progress
(
    `name` String,
    `progress_json` String,
    `version` UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE labels
(
    `did` String COMMENT 'the account that the label is about, or whose record it is about' CODEC(ZSTD(1)),
    `uri` String COMMENT 'a DID for the whole account, or the at-uri of a record' CODEC(ZSTD(1)),
    `val` LowCardinality(String) CODEC(ZSTD(1)),
    `src` LowCardinality(String) COMMENT 'the labeler\'s DID' CODEC(ZSTD(1)),
    `neg` UInt8 COMMENT 'the labeler took the label back',
    `cts` DateTime64(3, 'UTC') COMMENT 'when the labeler says that it was made' CODEC(ZSTD(1)),
    `exp` DateTime64(3, 'UTC') COMMENT 'when it ends; 1970-01-01 where it does not' CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'the order in which the labeler said it: the number of its numbering, and the place in that one' CODEC(ZSTD(1)),
    `ingest_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when this row was written' CODEC(ZSTD(1)),
    INDEX ingest_at_minmax ingest_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (did, uri, val, src)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 256;

CREATE VIEW likes
(
    `record_hour` UInt32,
    `actor_did` String,
    `rkey` String,
    `record_time` DateTime('UTC'),
    `sort_at` DateTime64(3, 'UTC'),
    `subject_uri` LowCardinality(String),
    `version` UInt64,
    `deleted` UInt8,
    `did_key` UInt64,
    `subject_key` UInt64,
    `uri` String
)
AS WITH
    toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS key_ms
SELECT
    record_hour,
    repo AS actor_did,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    fromUnixTimestamp64Milli(least(key_ms + created_delta, if(rkey_tid = 0, 9223372036854775807, key_ms), if(version < 3414550118400000000, 9223372036854775807, toInt64(intDiv(bitShiftRight(version, 11), 1000)))), 'UTC') AS sort_at,
    toString(subject) AS subject_uri,
    (relative_version + (2 * rkey_tid)) + 9223372036854775808 AS version,
    deleted,
    did_key,
    subject_key,
    concat('at://', actor_did, '/app.bsky.feed.like/', rkey) AS uri
FROM record_rows
FINAL
WHERE (collection = 'app.bsky.feed.like') AND (subject != '');

CREATE TABLE list_items
(
    `list_uri` String CODEC(ZSTD(1)),
    `actor_did` String COMMENT 'who wrote the item; only the list\'s owner can put accounts on it' CODEC(ZSTD(1)),
    `rkey` String CODEC(ZSTD(1)),
    `subject_did` String CODEC(ZSTD(1)),
    `version` UInt64 CODEC(ZSTD(1)),
    `deleted` UInt8 CODEC(ZSTD(1)),
    `did_key` UInt64 MATERIALIZED sipHash64(actor_did) CODEC(ZSTD(1)),
    PROJECTION subject_index INDEX sipHash64(subject_did) TYPE basic
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (actor_did, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192, deduplicate_merge_projection_mode = 'rebuild', default_compression_codec = 'ZSTD(1)';

CREATE MATERIALIZED VIEW list_items_from_record_rows TO list_items
(
    `list_uri` String,
    `actor_did` String,
    `rkey` String,
    `subject_did` String,
    `version` UInt64,
    `deleted` UInt8
)
AS SELECT
    JSONExtractString(json_rest, 'list') AS list_uri,
    repo AS actor_did,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    JSONExtractString(json_rest, 'subject') AS subject_did,
    (relative_version + (2 * rkey_tid)) + 9223372036854775808 AS version,
    toUInt8((subject_did = '') OR (list_uri = '')) AS deleted
FROM record_rows
WHERE collection = 'app.bsky.graph.listitem';

CREATE TABLE listed_accounts
(
    `did_key` UInt64 CODEC(NONE),
    `active` UInt8,
    `version` UInt64 COMMENT 'microseconds since 1970 when it was listed' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY did_key
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE member_requests
(
    `label` String CODEC(ZSTD(1)),
    `actor_did` String CODEC(ZSTD(1)),
    `state` LowCardinality(String) COMMENT 'pending, approved, rejected, banned, left, or ended: as if nobody had asked' CODEC(ZSTD(1)),
    `source` String COMMENT 'where it came from: api, request, or a source of the feeds file; empty for nowhere' CODEC(ZSTD(1)),
    `evidence` String COMMENT 'at-uri of the record by which it came, where there is one' CODEC(ZSTD(1)),
    `note` String CODEC(ZSTD(1)),
    `changed_by` String CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'microseconds since 1970 of the last change' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (label, actor_did)
SETTINGS index_granularity = 8192;

CREATE VIEW open_gaps
(
    `gap_id` FixedString(32),
    `host` String,
    `kind` LowCardinality(String),
    `from_time` DateTime64(6, 'UTC'),
    `to_time` DateTime64(6, 'UTC'),
    `detail` String,
    `ingest_at` DateTime64(3, 'UTC')
)
AS SELECT
    gap_id,
    host,
    kind,
    from_time,
    to_time,
    detail,
    ingest_at
FROM
(
    SELECT
        gap_id,
        host,
        kind,
        from_time,
        to_time,
        detail,
        ingest_at
    FROM ingest_gaps
    FINAL
) AS gaps
LEFT JOIN
(
    SELECT
        gap_id,
        from_time AS healed_from,
        to_time AS healed_to,
        1 AS is_healed
    FROM healed_gaps
    FINAL
) AS healed USING (gap_id)
WHERE NOT (is_healed AND (from_time >= healed_from) AND (to_time <= healed_to));

CREATE TABLE post_like_counts
(
    `generation` UInt64 COMMENT 'milliseconds since 1970',
    `uri_key` UInt64 CODEC(NONE),
    `num_likes` UInt32 CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY generation
ORDER BY uri_key
SETTINGS index_granularity = 8192;

CREATE TABLE post_rows
(
    `record_hour` UInt32 CODEC(Delta(4), ZSTD(1)),
    `did` String CODEC(ZSTD(1)),
    `rkey` String CODEC(ZSTD(1)),
    `operation` LowCardinality(String) COMMENT 'create, update or delete',
    `sort_at` DateTime64(3, 'UTC') COMMENT 'the earliest of the times in rev, rkey and createdAt' CODEC(ZSTD(1)),
    `text` String CODEC(ZSTD(3)),
    `langs` Array(String) CODEC(ZSTD(1)),
    `tags` Array(String) CODEC(ZSTD(1)),
    `mentions` Array(String) COMMENT 'DIDs' CODEC(ZSTD(1)),
    `tokens` Array(LowCardinality(String)) COMMENT 'words of the text, | and those of each caption, ^ and the word without accents, then marks: #tag, @did, =lang, +media, ~character' CODEC(ZSTD(1)),
    `parent_uri` String CODEC(ZSTD(1)),
    `root_uri` String CODEC(ZSTD(1)),
    `quote_uri` String CODEC(ZSTD(1)),
    `embed` LowCardinality(String) COMMENT 'none, images, gallery, video, external, record, or other for what is attached and not understood',
    `has_embedded_media` UInt8 CODEC(ZSTD(1)),
    `json_rest` String COMMENT 'what the columns do not give of the JSON; without the cids of StrongRefs' CODEC(ZSTD(3)),
    `version` UInt64 COMMENT 'rev * 2, + 1 for a write' CODEC(T64, ZSTD(1)),
    `deleted` UInt8,
    `did_key` UInt64 MATERIALIZED sipHash64(did) CODEC(ZSTD(1)),
    `uri_key` UInt64 MATERIALIZED sipHash64(concat('at://', did, '/app.bsky.feed.post/', rkey)) CODEC(NONE),
    `uri` String ALIAS concat('at://', did, '/app.bsky.feed.post/', rkey),
    INDEX did_bloom did TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX tokens_text tokens TYPE text(tokenizer = 'array') GRANULARITY 100000000,
    PROJECTION quote_index INDEX sipHash64(quote_uri) TYPE basic,
    PROJECTION parent_index INDEX sipHash64(parent_uri) TYPE basic,
    PROJECTION root_index INDEX sipHash64(root_uri) TYPE basic
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYear(toDateTime(record_hour * 3600, 'UTC'))
ORDER BY (record_hour, did, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 1024, deduplicate_merge_projection_mode = 'rebuild', default_compression_codec = 'ZSTD(1)';

CREATE VIEW posts
(
    `record_hour` UInt32,
    `did` String,
    `rkey` String,
    `record_time` DateTime('UTC'),
    `sort_at` DateTime64(3, 'UTC'),
    `text` String,
    `langs` Array(String),
    `tags` Array(String),
    `mentions` Array(String),
    `tokens` Array(LowCardinality(String)),
    `parent_uri` String,
    `root_uri` String,
    `quote_uri` String,
    `embed` LowCardinality(String),
    `has_embedded_media` UInt8,
    `version` UInt64,
    `deleted` UInt8,
    `did_key` UInt64,
    `uri_key` UInt64,
    `uri` String
)
AS SELECT
    record_hour,
    did,
    rkey,
    if(record_hour = 0, toDateTime(0, 'UTC'), toDateTime(intDiv(bitShiftRight(reinterpretAsUInt64(reverse(substring(tryBase32Decode(concat('AAA', translate(rkey, '234567abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'))), 3))), 10), 1000000), 'UTC')) AS record_time,
    sort_at,
    text,
    langs,
    tags,
    mentions,
    tokens,
    parent_uri,
    root_uri,
    quote_uri,
    embed,
    has_embedded_media,
    version,
    deleted,
    did_key,
    uri_key,
    concat('at://', did, '/app.bsky.feed.post/', rkey) AS uri
FROM post_rows
FINAL;

CREATE TABLE profile_labels
(
    `actor_did` String CODEC(ZSTD(1)),
    `labels` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `version` UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY actor_did
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 256;

CREATE MATERIALIZED VIEW profile_labels_from_record_rows TO profile_labels
(
    `actor_did` String,
    `labels` Array(String),
    `version` UInt64
)
AS SELECT
    repo AS actor_did,
    arrayMap(label -> JSONExtractString(label, 'val'), JSONExtractArrayRaw(json_rest, 'labels', 'values')) AS labels,
    (relative_version + (2 * rkey_tid)) + 9223372036854775808 AS version
FROM record_rows
WHERE (collection = 'app.bsky.actor.profile') AND (record_hour = 0) AND (rkey_text = 'self') AND (position(json_rest, '#selfLabels"') > 0) AND (JSONExtractString(json_rest, 'labels', '$type') = 'com.atproto.label.defs#selfLabels');

CREATE TABLE profiles
(
    `actor_did` String CODEC(ZSTD(1)),
    `display_name` String CODEC(ZSTD(1)),
    `description` String CODEC(ZSTD(3)),
    `pinned_post_uri` String CODEC(ZSTD(1)),
    `created_at` DateTime64(3, 'UTC') COMMENT '1970-01-01 when the record has no sane createdAt' CODEC(ZSTD(1)),
    `version` UInt64 CODEC(ZSTD(1)),
    `deleted` UInt8 CODEC(ZSTD(1)),
    `did_key` UInt64 MATERIALIZED sipHash64(actor_did) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY actor_did
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE VIEW recent_posts
(
    `did` String,
    `rkey` String,
    `uri` String,
    `uri_key` UInt64,
    `did_key` UInt64,
    `sort_at` DateTime64(3, 'UTC'),
    `text` String,
    `langs` Array(String),
    `tags` Array(String),
    `mentions` Array(String),
    `parent_uri` String,
    `root_uri` String,
    `quote_uri` String,
    `embed` LowCardinality(String),
    `has_embedded_media` UInt8
)
AS SELECT
    did,
    rkey,
    uri,
    uri_key,
    did_key,
    sort_at,
    text,
    langs,
    tags,
    mentions,
    parent_uri,
    root_uri,
    quote_uri,
    embed,
    has_embedded_media
FROM post_rows
FINAL
WHERE (record_hour >= (intDiv(toUnixTimestamp(now()), 3600) - 72)) AND (sort_at > (now64(3, 'UTC') - toIntervalHour(72))) AND (sort_at <= now64(3, 'UTC')) AND (version > dictGetOrDefault('hidden_recent', 'hidden_below', did_key, dictGet('hidden', 'hidden_below', did_key)));

CREATE VIEW recent_posts_with_score
(
    `did` String,
    `rkey` String,
    `uri` String,
    `uri_key` UInt64,
    `did_key` UInt64,
    `sort_at` DateTime64(3, 'UTC'),
    `text` String,
    `langs` Array(String),
    `tags` Array(String),
    `mentions` Array(String),
    `parent_uri` String,
    `root_uri` String,
    `quote_uri` String,
    `embed` LowCardinality(String),
    `has_embedded_media` UInt8,
    `like_count` UInt64,
    `age_hours` Float64,
    `score` Float64
)
AS SELECT
    recent_posts.*,
    liked.like_count AS like_count,
    dateDiff('second', sort_at, now64(3, 'UTC')) / 3600 AS age_hours,
    (toInt64(like_count) - 1) / pow(age_hours + 2, 1.8) AS score
FROM recent_posts
LEFT JOIN
(
    SELECT
        subject_key,
        uniqExact(did_key) AS like_count
    FROM likes
    WHERE (record_hour >= (intDiv(toUnixTimestamp(now()), 3600) - 72)) AND (sort_at <= now64(3, 'UTC')) AND (version > dictGetOrDefault('hidden_recent', 'hidden_below', did_key, dictGet('hidden', 'hidden_below', did_key)))
    GROUP BY subject_key
) AS liked ON liked.subject_key = recent_posts.uri_key;

CREATE TABLE record_ops
(
    `rev_hour` UInt32 COMMENT 'hours since 1970 of the commit\'s rev' CODEC(Delta(4), ZSTD(1)),
    `collection` String CODEC(ZSTD(1)),
    `operation` LowCardinality(String),
    `op_key` UInt64 COMMENT 'sipHash64 of (repo, rkey, rev * 2, + 1 for a delete)' CODEC(Delta(8), T64('bit'), LZ4)
)
ENGINE = ReplacingMergeTree
ORDER BY (rev_hour, collection, operation, op_key)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE MATERIALIZED VIEW record_ops_from_post_rows TO record_ops
(
    `rev_hour` UInt32,
    `collection` String,
    `operation` LowCardinality(String),
    `op_key` UInt64
)
AS SELECT
    toUInt32(intDiv(bitShiftRight(version, 11), 3600000000)) AS rev_hour,
    'app.bsky.feed.post' AS collection,
    operation,
    sipHash64(did, rkey, (intDiv(version, 2) * 2) + (operation = 'delete')) AS op_key
FROM post_rows;

CREATE MATERIALIZED VIEW record_ops_from_record_rows TO record_ops
(
    `rev_hour` UInt32,
    `collection` LowCardinality(String),
    `operation` LowCardinality(String),
    `op_key` UInt64
)
AS SELECT
    toUInt32(intDiv(bitShiftRight((relative_version + (2 * rkey_tid)) + 9223372036854775808 AS version, 11), 3600000000)) AS rev_hour,
    collection,
    operation,
    sipHash64(repo, if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)), (intDiv(version, 2) * 2) + (operation = 'delete')) AS op_key
FROM record_rows;

CREATE TABLE record_rows
(
    `record_hour` UInt32 COMMENT 'hours since 1970 of the TID in the rkey; 0 when there is none within bounds' CODEC(Delta(4), ZSTD(1)),
    `collection` LowCardinality(String) COMMENT 'NSID; never app.bsky.feed.post',
    `repo` String COMMENT 'DID' CODEC(ZSTD(1)),
    `rkey_tid` UInt64 COMMENT 'the rkey where it is a TID within the bounds of record_hour, else 0' CODEC(T64, LZ4),
    `rkey_text` String COMMENT 'the rkey where rkey_tid is 0' CODEC(ZSTD(1)),
    `operation` LowCardinality(String) COMMENT 'create, update or delete',
    `subject` LowCardinality(String) COMMENT 'at-uri of what is liked or reposted, DID that is followed or blocked; empty for anything else' CODEC(ZSTD(1)),
    `created_delta` Int64 COMMENT 'of a subject: milliseconds from the TID in the rkey (1970 where there is none) to createdAt' CODEC(T64, LZ4),
    `json_rest` String COMMENT 'what the columns do not give of the JSON; without the cids of StrongRefs' CODEC(ZSTD(3)),
    `relative_version` UInt64 COMMENT 'version - 2 * rkey_tid + 2^63; the version is rev * 2, + 1 for a write' CODEC(ZSTD(1)),
    `deleted` UInt8,
    `did_key` UInt64 MATERIALIZED sipHash64(repo) CODEC(ZSTD(1)),
    `subject_key` UInt64 MATERIALIZED sipHash64(subject) CODEC(ZSTD(1)),
    INDEX repo_bloom repo TYPE bloom_filter(0.01) GRANULARITY 1,
    PROJECTION subject_index INDEX subject_key TYPE basic
)
ENGINE = ReplacingMergeTree(relative_version, deleted)
PARTITION BY (toYear(toDateTime(record_hour * 3600, 'UTC')), multiIf(collection = 'app.bsky.feed.like', 1, collection = 'app.bsky.feed.repost', 2, 0))
ORDER BY (record_hour, collection, repo, rkey_tid, rkey_text)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192, deduplicate_merge_projection_mode = 'rebuild', default_compression_codec = 'ZSTD(1)';

CREATE TABLE rejected_events
(
    `event_hash` FixedString(32) COMMENT 'first 16 bytes of the SHA-256, in hex',
    `reason` LowCardinality(String),
    `detail` String CODEC(ZSTD(1)),
    `did` String CODEC(ZSTD(1)),
    `kind` String CODEC(ZSTD(1)),
    `collection` String CODEC(ZSTD(1)),
    `event` String COMMENT 'the frame or the refused row, at most 1 MiB of it' CODEC(ZSTD(3)),
    `event_bytes` UInt64 COMMENT 'its whole length',
    `ingest_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY event_hash
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE repo_cleanup_jobs
(
    `job_id` String,
    `repo` String COMMENT 'DID',
    `cleanup_types` Array(String),
    `delete_older_than` DateTime64(3, 'UTC'),
    `keep_json` String COMMENT 'what the owner asked to keep; empty: pinned posts',
    `kept_json` String COMMENT 'how many records stay, by the reason',
    `refresh_token` String COMMENT 'JWE; empty once the job has ended',
    `num_deleted` UInt64 COMMENT 'records that were sent and are gone from the repository',
    `num_deleted_today` UInt64,
    `points_hour` UInt64 COMMENT 'deletions sent in the hour that began at hour_started_at, refused ones included',
    `points_today` UInt64 DEFAULT num_deleted_today COMMENT 'deletions sent on that UTC day, refused ones included',
    `today` Date COMMENT 'the UTC day that num_deleted_today and points_today count',
    `hour_started_at` DateTime64(3, 'UTC') COMMENT 'the beginning of the hour that points_hour counts',
    `est_num_remaining` UInt64,
    `job_state` LowCardinality(String) COMMENT 'queued, running, waiting, completed, cancelled or failed',
    `state_reason` String,
    `num_failures` UInt32 COMMENT 'tries in a row without a success',
    `in_flight` Array(String) COMMENT 'collection/rkey of what was sent and whose outcome is not known',
    `claimed` Array(String) COMMENT 'collection/rkey of what the server called deleted and nobody has looked for yet',
    `set_aside_json` String COMMENT 'records that could not be deleted, and why',
    `writes_per_call` UInt32 COMMENT 'the most that the server takes, as far as is known; 0: not known',
    `next_run_at` DateTime64(3, 'UTC'),
    `created_at` DateTime64(3, 'UTC'),
    `updated_at` DateTime64(3, 'UTC'),
    `last_deleted_at` DateTime64(3, 'UTC') COMMENT '1970-01-01 before the first',
    `version` UInt64 COMMENT 'fence * 2^24 + step',
    INDEX repo_bloom repo TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY job_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE repo_cleanup_requests
(
    `job_id` String,
    `kind` LowCardinality(String) COMMENT 'secret or cancel',
    `value` String COMMENT 'SHA-256 of the secret, in hex; empty for cancel',
    `version` UInt64 COMMENT 'microseconds since 1970'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (job_id, kind)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE VIEW repo_records
(
    `record_hour` UInt32,
    `repo` String,
    `collection` String,
    `rkey` String,
    `record_time` DateTime('UTC'),
    `operation` LowCardinality(String),
    `record_json` String,
    `version` UInt64,
    `deleted` UInt8,
    `did_key` UInt64,
    `uri` String
)
AS WITH
    toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) + created_delta AS created_ms
SELECT
    record_hour,
    repo,
    toString(collection) AS collection,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    toString(operation) AS operation,
    if((json_rest = '') OR startsWith(json_rest, ','), concat('{"$type":"', collection, '","createdAt":"', formatDateTime(fromUnixTimestamp64Milli(created_ms, 'UTC'), '%Y-%m-%dT%H:%i:%S.', 'UTC'), leftPad(toString(created_ms % 1000), 3, '0'), 'Z', '","subject":', if(startsWith(collection, 'app.bsky.feed.'), concat('{"uri":"', subject, '"}'), concat('"', subject, '"')), json_rest, '}'), json_rest) AS record_json,
    (relative_version + (2 * rkey_tid)) + 9223372036854775808 AS version,
    deleted,
    did_key,
    concat('at://', repo, '/', collection, '/', rkey) AS uri
FROM record_rows
FINAL
UNION ALL
WITH
    toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) + created_delta AS created_ms
SELECT
    record_hour,
    did AS repo,
    'app.bsky.feed.post' AS collection,
    rkey,
    if(record_hour = 0, toDateTime(0, 'UTC'), toDateTime(intDiv(bitShiftRight(reinterpretAsUInt64(reverse(substring(tryBase32Decode(concat('AAA', translate(rkey, '234567abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'))), 3))), 10), 1000000), 'UTC')) AS record_time,
    toString(operation) AS operation,
    replaceOne(replaceOne(replaceOne(replaceOne(replaceOne(json_rest, '', concat('"uri":"', quote_uri, '"')), '', concat('"text":"', replaceAll(replaceAll(replaceAll(text, '\\', '\\\\'), '"', '\\"'), '\n', '\\n'), '"')), '', concat('"reply":{"parent":{"uri":"', parent_uri, '"},"root":{"uri":"', root_uri, '"}}')), '', concat('"langs":["', arrayStringConcat(langs, '","'), '"]')), '', concat('"$type":"app.bsky.feed.post","createdAt":"', formatDateTime(fromUnixTimestamp64Milli(toUnixTimestamp64Milli(sort_at), 'UTC'), '%Y-%m-%dT%H:%i:%S.', 'UTC'), leftPad(toString(toUnixTimestamp64Milli(sort_at) % 1000), 3, '0'), 'Z', '"')) AS record_json,
    version,
    deleted,
    did_key,
    concat('at://', did, '/app.bsky.feed.post/', rkey) AS uri
FROM post_rows
FINAL;

CREATE TABLE repo_syncs
(
    `did` String CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'rev * 2 of the #sync: a record shows from this version on' CODEC(ZSTD(1)),
    `ingest_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when this row was written; the dictionary hidden_recent and the daily statistics read it',
    `did_key` UInt64 MATERIALIZED sipHash64(did),
    INDEX ingest_at_minmax ingest_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY did
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE VIEW reposts
(
    `record_hour` UInt32,
    `actor_did` String,
    `rkey` String,
    `record_time` DateTime('UTC'),
    `sort_at` DateTime64(3, 'UTC'),
    `subject_uri` LowCardinality(String),
    `version` UInt64,
    `deleted` UInt8,
    `did_key` UInt64,
    `subject_key` UInt64,
    `uri` String
)
AS WITH
    toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS key_ms
SELECT
    record_hour,
    repo AS actor_did,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    fromUnixTimestamp64Milli(least(key_ms + created_delta, if(rkey_tid = 0, 9223372036854775807, key_ms), if(version < 3414550118400000000, 9223372036854775807, toInt64(intDiv(bitShiftRight(version, 11), 1000)))), 'UTC') AS sort_at,
    toString(subject) AS subject_uri,
    (relative_version + (2 * rkey_tid)) + 9223372036854775808 AS version,
    deleted,
    did_key,
    subject_key,
    concat('at://', actor_did, '/app.bsky.feed.repost/', rkey) AS uri
FROM record_rows
FINAL
WHERE (collection = 'app.bsky.feed.repost') AND (subject != '');

CREATE TABLE touched_days
(
    `source` LowCardinality(String) COMMENT 'records (daily_stats) or ops (daily_collection_stats)',
    `day` Date,
    `touched_at` DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(touched_at)
ORDER BY (source, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE MATERIALIZED VIEW touched_days_from_actor_days TO touched_days
(
    `source` String,
    `day` Date,
    `touched_at` DateTime64(3, 'UTC')
)
AS SELECT
    'records' AS source,
    day,
    now64(3, 'UTC') AS touched_at
FROM actor_days
GROUP BY day;

CREATE MATERIALIZED VIEW touched_days_from_record_ops TO touched_days
(
    `source` String,
    `day` Date,
    `touched_at` DateTime64(3, 'UTC')
)
AS SELECT
    'ops' AS source,
    toDate(toUInt16(least(intDiv(rev_hour, 24), 65535))) AS day,
    now64(3, 'UTC') AS touched_at
FROM record_ops
GROUP BY day;

CREATE TABLE viewer_wishes
(
    `viewer_did` String CODEC(ZSTD(1)),
    `item` String COMMENT 'uri of the post' CODEC(ZSTD(1)),
    `wish` Int8 COMMENT '-1: less like it, 1: more',
    `received_at` DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (viewer_did, item)
TTL toDateTime(received_at, 'UTC') + toIntervalDay(90)
SETTINGS index_granularity = 256;

CREATE MATERIALIZED VIEW viewer_wishes_from_interactions TO viewer_wishes
(
    `viewer_did` String,
    `item` String,
    `wish` Int8,
    `received_at` DateTime64(3, 'UTC')
)
AS SELECT
    viewer_did,
    item,
    toInt8(if(event = 'requestLess', -1, 1)) AS wish,
    received_at
FROM feed_interactions
WHERE (event IN ('requestLess', 'requestMore')) AND (item != '');
