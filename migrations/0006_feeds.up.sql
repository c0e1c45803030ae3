-- Who bears a label: the authors of a label feed, and its readers where it is private.
CREATE TABLE actor_labels
(
    label String CODEC(ZSTD(1)),
    actor_did String CODEC(ZSTD(1)),
    created_at DateTime64(3, 'UTC') COMMENT 'since when the actor bears the label' CODEC(ZSTD(1)),
    changed_by String COMMENT 'who made the last change: the DID of an API key''s user and the key''s id, or what a command was told' CODEC(ZSTD(1)),
    version UInt64 COMMENT 'microseconds since 1970 of the last change' CODEC(ZSTD(1)),
    deleted UInt8
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (label, actor_did);

-- Every change ever made.
CREATE TABLE actor_label_changes
(
    label String CODEC(ZSTD(1)),
    actor_did String CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    changed_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    changed_by String CODEC(ZSTD(1)),
    is_member UInt8
)
ENGINE = ReplacingMergeTree
ORDER BY (label, actor_did, version);

CREATE MATERIALIZED VIEW actor_label_changes_from_labels TO actor_label_changes AS
SELECT
    label,
    actor_did,
    version,
    fromUnixTimestamp64Micro(toInt64(version), 'UTC') AS changed_at,
    changed_by,
    toUInt8(deleted = 0) AS is_member
FROM actor_labels;

-- Keys of the admin API. The secret itself is shown once and kept nowhere.
CREATE TABLE api_keys
(
    key_id String CODEC(ZSTD(1)),
    key_hash FixedString(64) COMMENT 'SHA-256 of the whole key, in hex' CODEC(ZSTD(1)),
    feeds Array(String) COMMENT 'aliases it may administer' CODEC(ZSTD(1)),
    actor_did String COMMENT 'whose key it is' CODEC(ZSTD(1)),
    created_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    revoked_at DateTime64(3, 'UTC') COMMENT '1970-01-01 while it is good' CODEC(ZSTD(1)),
    version UInt64 COMMENT 'microseconds since 1970 of the last change' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY key_id;

CREATE TABLE api_key_uses
(
    key_id String CODEC(ZSTD(1)),
    last_used_at DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(last_used_at)
ORDER BY key_id;

-- A row for each page that a signed-in viewer read, for 90 days.
CREATE TABLE feed_request_analytics
(
    requested_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    feed String COMMENT 'alias' CODEC(ZSTD(1)),
    viewer_did String CODEC(ZSTD(1)),
    request_id String COMMENT 'so that a repeated insert adds nothing' CODEC(ZSTD(1)),
    page_limit UInt16 CODEC(ZSTD(1)),
    page_size UInt16 COMMENT 'posts given' CODEC(ZSTD(1)),
    page_offset UInt32 COMMENT 'of the first post in its build' CODEC(ZSTD(1)),
    has_cursor UInt8 CODEC(ZSTD(1)),
    is_outsider UInt8 COMMENT '1 when the list for outsiders was given' CODEC(ZSTD(1)),
    accept_language String CODEC(ZSTD(1)),
    duration_us UInt32 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(requested_at)
ORDER BY (feed, requested_at, viewer_did, request_id)
TTL toDateTime(requested_at, 'UTC') + INTERVAL 90 DAY DELETE;

CREATE TABLE feed_interactions
(
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    feed String COMMENT 'alias; empty when the sender named no feed of ours' CODEC(ZSTD(1)),
    viewer_did String CODEC(ZSTD(1)),
    interaction_id String COMMENT 'request and place in it, so that a repeated insert adds nothing' CODEC(ZSTD(1)),
    item String COMMENT 'uri of the post' CODEC(ZSTD(1)),
    event String COMMENT 'without app.bsky.feed.defs#' CODEC(ZSTD(1)),
    feed_context String CODEC(ZSTD(1)),
    req_id String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (feed, received_at, viewer_did, interaction_id)
TTL toDateTime(received_at, 'UTC') + INTERVAL 90 DAY DELETE;
