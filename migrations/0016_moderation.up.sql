-- Labels as labelers say them: each row is what was said last of one (labeler, subject, value). A negation stays as a row.
CREATE TABLE labels
(
    did String COMMENT 'the account that the label is about, or whose record it is about' CODEC(ZSTD(1)),
    uri String COMMENT 'a DID for the whole account, or the at-uri of a record' CODEC(ZSTD(1)),
    val LowCardinality(String) CODEC(ZSTD(1)),
    src LowCardinality(String) COMMENT 'the labeler''s DID' CODEC(ZSTD(1)),
    neg UInt8 COMMENT 'the labeler took the label back',
    cts DateTime64(3, 'UTC') COMMENT 'when the labeler says that it was made' CODEC(ZSTD(1)),
    exp DateTime64(3, 'UTC') COMMENT 'when it ends; 1970-01-01 where it does not' CODEC(ZSTD(1)),
    version UInt64 COMMENT 'the order in which the labeler said it: the number of its numbering, and the place in that one' CODEC(ZSTD(1)),
    ingest_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when this row was written' CODEC(ZSTD(1)),
    INDEX ingest_at_minmax ingest_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (did, uri, val, src)
-- Small granules: a build looks up thousands of accounts that lie far apart.
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 256;

-- Profiles with self-labels, of which there are few. What was said last of an account: it holds while the profile has this version.
CREATE TABLE profile_labels
(
    actor_did String CODEC(ZSTD(1)),
    labels Array(LowCardinality(String)) CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY actor_did
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 256;

CREATE MATERIALIZED VIEW profile_labels_from_record_rows TO profile_labels AS
SELECT
    repo AS actor_did,
    arrayMap(label -> JSONExtractString(label, 'val'), JSONExtractArrayRaw(json_rest, 'labels', 'values')) AS labels,
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version
FROM record_rows
WHERE collection = 'app.bsky.actor.profile' AND record_hour = 0 AND rkey_text = 'self'
    AND position(json_rest, '#selfLabels"') > 0 AND JSONExtractString(json_rest, 'labels', '$type') = 'com.atproto.label.defs#selfLabels';

INSERT INTO profile_labels (actor_did, labels, version)
SELECT
    repo AS actor_did,
    arrayMap(label -> JSONExtractString(label, 'val'), JSONExtractArrayRaw(json_rest, 'labels', 'values')) AS labels,
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version
FROM record_rows
WHERE collection = 'app.bsky.actor.profile' AND record_hour = 0 AND rkey_text = 'self'
    AND position(json_rest, '#selfLabels"') > 0 AND JSONExtractString(json_rest, 'labels', '$type') = 'com.atproto.label.defs#selfLabels';

-- Accounts on lists, starter packs' lists among them.
CREATE TABLE list_items
(
    list_uri String CODEC(ZSTD(1)),
    actor_did String COMMENT 'who wrote the item; only the list''s owner can put accounts on it' CODEC(ZSTD(1)),
    rkey String CODEC(ZSTD(1)),
    subject_did String CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8 CODEC(ZSTD(1)),
    did_key UInt64 MATERIALIZED sipHash64(actor_did) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (actor_did, rkey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW list_items_from_record_rows TO list_items AS
SELECT
    JSONExtractString(json_rest, 'list') AS list_uri,
    repo AS actor_did,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    JSONExtractString(json_rest, 'subject') AS subject_did,
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version,
    toUInt8(subject_did = '' OR list_uri = '') AS deleted
FROM record_rows
WHERE collection = 'app.bsky.graph.listitem';

INSERT INTO list_items (list_uri, actor_did, rkey, subject_did, version, deleted)
SELECT
    JSONExtractString(json_rest, 'list') AS list_uri,
    repo AS actor_did,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    JSONExtractString(json_rest, 'subject') AS subject_did,
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version,
    toUInt8(subject_did = '' OR list_uri = '') AS deleted
FROM record_rows
WHERE collection = 'app.bsky.graph.listitem';

-- Posts and accounts that a host takes out of a feed, or out of all.
CREATE TABLE feed_hides
(
    feed String COMMENT 'its name; empty for all feeds' CODEC(ZSTD(1)),
    subject String COMMENT 'the at-uri of a post, or a DID' CODEC(ZSTD(1)),
    reason String CODEC(ZSTD(1)),
    changed_by String CODEC(ZSTD(1)),
    version UInt64 COMMENT 'microseconds since 1970 of the last change' CODEC(ZSTD(1)),
    deleted UInt8
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (feed, subject);

-- How an account stands towards a feed's members: who asked, who was taken in, who was refused, who left. The label itself is in actor_labels.
CREATE TABLE member_requests
(
    label String CODEC(ZSTD(1)),
    actor_did String CODEC(ZSTD(1)),
    state LowCardinality(String) COMMENT 'pending, approved, rejected, banned, left, or ended: as if nobody had asked' CODEC(ZSTD(1)),
    source String COMMENT 'where it came from: api, request, or a source of the feeds file; empty for nowhere' CODEC(ZSTD(1)),
    evidence String COMMENT 'at-uri of the record by which it came, where there is one' CODEC(ZSTD(1)),
    note String CODEC(ZSTD(1)),
    changed_by String CODEC(ZSTD(1)),
    version UInt64 COMMENT 'microseconds since 1970 of the last change' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (label, actor_did);

-- Who did what to feeds, members and posts, and why. Nothing of it is changed or removed, but with an account's erasure.
CREATE TABLE audit_log
(
    at DateTime64(6, 'UTC') CODEC(ZSTD(1)),
    feed String COMMENT 'a feed''s name or a label; empty for all feeds' CODEC(ZSTD(1)),
    action LowCardinality(String),
    subject String COMMENT 'the at-uri of a post, or a DID' CODEC(ZSTD(1)),
    changed_by String CODEC(ZSTD(1)),
    note String CODEC(ZSTD(1)),
    entry_id String COMMENT 'random, so that an entry sent twice stands once' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (feed, at, entry_id);

-- Every change of a request or a membership.
CREATE MATERIALIZED VIEW audit_log_from_member_requests TO audit_log AS
SELECT
    fromUnixTimestamp64Micro(toInt64(version), 'UTC') AS at,
    label AS feed,
    concat('member ', state) AS action,
    actor_did AS subject,
    changed_by,
    note,
    hex(sipHash64(label, actor_did, version)) AS entry_id
FROM member_requests;
