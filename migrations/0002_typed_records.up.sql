-- Typed rows, written again at every create, update and delete of their record. A record that its type can't use is a row with deleted = 1,
-- so that an edit to nonsense takes the older row out of sight.
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
    parent_uri String CODEC(ZSTD(1)),
    root_uri String CODEC(ZSTD(1)),
    quote_uri String CODEC(ZSTD(1)),
    embed LowCardinality(String) COMMENT 'none, images, video, external, record or other',
    has_embedded_media UInt8 CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8 CODEC(ZSTD(1)),
    did_key UInt64 MATERIALIZED sipHash64(did) CODEC(ZSTD(1)),
    uri_key UInt64 MATERIALIZED sipHash64(concat('at://', did, '/app.bsky.feed.post/', rkey)) CODEC(NONE),
    uri String ALIAS concat('at://', did, '/app.bsky.feed.post/', rkey),
    INDEX did_bloom did TYPE bloom_filter(0.01) GRANULARITY 1
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

-- The graph is read by actor and never dropped by time: no partitions.
CREATE TABLE follows
(
    actor_did String CODEC(ZSTD(1)),
    rkey String CODEC(ZSTD(1)),
    record_hour UInt32 CODEC(ZSTD(1)),
    record_time DateTime('UTC') CODEC(ZSTD(1)),
    sort_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    subject_did String CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8 CODEC(ZSTD(1)),
    did_key UInt64 MATERIALIZED sipHash64(actor_did) CODEC(ZSTD(1)),
    subject_key UInt64 MATERIALIZED sipHash64(subject_did) CODEC(ZSTD(1)),
    uri String ALIAS concat('at://', actor_did, '/app.bsky.graph.follow/', rkey)
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (actor_did, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE blocks
(
    actor_did String CODEC(ZSTD(1)),
    rkey String CODEC(ZSTD(1)),
    record_hour UInt32 CODEC(ZSTD(1)),
    record_time DateTime('UTC') CODEC(ZSTD(1)),
    sort_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    subject_did String CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8 CODEC(ZSTD(1)),
    did_key UInt64 MATERIALIZED sipHash64(actor_did) CODEC(ZSTD(1)),
    subject_key UInt64 MATERIALIZED sipHash64(subject_did) CODEC(ZSTD(1)),
    uri String ALIAS concat('at://', actor_did, '/app.bsky.graph.block/', rkey)
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (actor_did, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- From the record app.bsky.actor.profile/self.
CREATE TABLE profiles
(
    actor_did String CODEC(ZSTD(1)),
    display_name String CODEC(ZSTD(1)),
    description String CODEC(ZSTD(3)),
    pinned_post_uri String CODEC(ZSTD(1)),
    created_at DateTime64(3, 'UTC') COMMENT '1970-01-01 when the record has no sane createdAt' CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8 CODEC(ZSTD(1)),
    did_key UInt64 MATERIALIZED sipHash64(actor_did) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY actor_did
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
