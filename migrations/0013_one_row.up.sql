-- One record, one row. The rows of all records but posts stand in record_rows, those of posts in post_rows. likes, reposts, posts and repo_records
-- become views of them, which are exact by themselves: who reads them needs no FINAL. follows and blocks, which are sorted by actor, are made
-- of record_rows by the engine.
--
-- A like, repost, follow or block whose JSON its columns give back byte for byte keeps none (see record-form.ts of packages/atproto):
--     {"$type":"COLLECTION","createdAt":"CREATED","subject":SUBJECT + json_rest + }
-- where json_rest is '' or the members that follow, a comma first. Any other json_rest is the whole JSON.
--
-- A rkey that is a TID within the bounds of record_hour is a number, rkey_tid, and rkey_text is ''. Any other is rkey_text, and rkey_tid is 0.
-- relative_version is the version less twice the key's TID, plus 2^63: it is small where a record is written when it is made, and orders the
-- rows of one key as the version does, since a version is below 2^63. So version = relative_version + 2 * rkey_tid + 2^63, modulo 2^64.
CREATE TABLE record_rows
(
    record_hour UInt32 COMMENT 'hours since 1970 of the TID in the rkey; 0 when there is none within bounds' CODEC(Delta, ZSTD(1)),
    collection LowCardinality(String) COMMENT 'NSID; never app.bsky.feed.post',
    repo String COMMENT 'DID' CODEC(ZSTD(1)),
    rkey_tid UInt64 COMMENT 'the rkey where it is a TID within the bounds of record_hour, else 0' CODEC(T64, LZ4),
    rkey_text String COMMENT 'the rkey where rkey_tid is 0' CODEC(ZSTD(1)),
    operation LowCardinality(String) COMMENT 'create, update or delete',
    subject LowCardinality(String) COMMENT 'at-uri of what is liked or reposted, DID that is followed or blocked; empty for anything else' CODEC(ZSTD(1)),
    created_delta Int64 COMMENT 'of a subject: milliseconds from the TID in the rkey (1970 where there is none) to createdAt' CODEC(T64, LZ4),
    json_rest String COMMENT 'what the columns do not give of the JSON; without the cids of StrongRefs' CODEC(ZSTD(3)),
    relative_version UInt64 COMMENT 'version - 2 * rkey_tid + 2^63; the version is rev * 2, + 1 for a write' CODEC(ZSTD(1)),
    deleted UInt8,
    did_key UInt64 MATERIALIZED sipHash64(repo) CODEC(ZSTD(1)),
    subject_key UInt64 MATERIALIZED sipHash64(subject) CODEC(ZSTD(1)),
    INDEX repo_bloom repo TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(relative_version, deleted)
-- Likes and reposts lie apart, so that a ranking reads nothing else.
PARTITION BY (toYear(toDateTime(record_hour * 3600, 'UTC')), multiIf(collection = 'app.bsky.feed.like', 1, collection = 'app.bsky.feed.repost', 2, 0))
ORDER BY (record_hour, collection, repo, rkey_tid, rkey_text)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The JSON of a post is json_rest with what the columns give in the place of a control character (see post-form.ts of packages/atproto).
CREATE TABLE post_rows
(
    record_hour UInt32 CODEC(Delta, ZSTD(1)),
    did String CODEC(ZSTD(1)),
    rkey String CODEC(ZSTD(1)),
    operation LowCardinality(String) COMMENT 'create, update or delete',
    sort_at DateTime64(3, 'UTC') COMMENT 'the earliest of the times in rev, rkey and createdAt' CODEC(ZSTD(1)),
    text String CODEC(ZSTD(3)),
    langs Array(String) CODEC(ZSTD(1)),
    tags Array(String) CODEC(ZSTD(1)),
    mentions Array(String) COMMENT 'DIDs' CODEC(ZSTD(1)),
    tokens Array(LowCardinality(String)) COMMENT 'words of the text, | and those of each caption, ^ and the word without accents, then marks: #tag, @did, =lang, +media, ~character' CODEC(ZSTD(1)),
    parent_uri String CODEC(ZSTD(1)),
    root_uri String CODEC(ZSTD(1)),
    quote_uri String CODEC(ZSTD(1)),
    embed LowCardinality(String) COMMENT 'none, images, gallery, video, external, record, or other for what is attached and not understood',
    has_embedded_media UInt8 CODEC(ZSTD(1)),
    json_rest String COMMENT 'what the columns do not give of the JSON; without the cids of StrongRefs' CODEC(ZSTD(3)),
    version UInt64 COMMENT 'rev * 2, + 1 for a write' CODEC(T64, ZSTD(1)),
    deleted UInt8,
    did_key UInt64 MATERIALIZED sipHash64(did) CODEC(ZSTD(1)),
    uri_key UInt64 MATERIALIZED sipHash64(concat('at://', did, '/app.bsky.feed.post/', rkey)) CODEC(NONE),
    uri String ALIAS concat('at://', did, '/app.bsky.feed.post/', rkey),
    INDEX did_bloom did TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX tokens_text tokens TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYear(toDateTime(record_hour * 3600, 'UTC'))
ORDER BY (record_hour, did, rkey)
-- A search reads single posts, each of which costs the rows of its granule.
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 1024;

-- The rows of the old tables go over, hour by hour; and where the stream stood when that began is noted.
RUN copy_rows;

DROP VIEW IF EXISTS record_ops_from_records;
DROP VIEW IF EXISTS actor_days_from_posts;
DROP VIEW IF EXISTS actor_days_from_likes;
DROP VIEW IF EXISTS actor_days_from_follows;
DROP VIEW IF EXISTS actor_days_from_blocks;
DROP VIEW IF EXISTS graph_by_hour_from_follows;
DROP VIEW IF EXISTS graph_by_hour_from_blocks;
DROP VIEW IF EXISTS recent_posts_with_score;
DROP VIEW IF EXISTS recent_posts;
DROP TABLE IF EXISTS graph_by_hour;
DROP TABLE IF EXISTS likes;
DROP TABLE IF EXISTS reposts;
DROP TABLE IF EXISTS posts;
DROP TABLE IF EXISTS repo_records;

CREATE VIEW likes AS
WITH toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS key_ms
SELECT
    record_hour,
    repo AS actor_did,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    fromUnixTimestamp64Milli(least(key_ms + created_delta, if(rkey_tid = 0, 9223372036854775807, key_ms), if(version < 3414550118400000000, 9223372036854775807, toInt64(intDiv(bitShiftRight(version, 11), 1000)))), 'UTC') AS sort_at,
    toString(subject) AS subject_uri,
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version,
    deleted,
    did_key,
    subject_key,
    concat('at://', actor_did, '/app.bsky.feed.like/', rkey) AS uri
FROM record_rows FINAL
WHERE collection = 'app.bsky.feed.like' AND subject != '';

CREATE VIEW reposts AS
WITH toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS key_ms
SELECT
    record_hour,
    repo AS actor_did,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    fromUnixTimestamp64Milli(least(key_ms + created_delta, if(rkey_tid = 0, 9223372036854775807, key_ms), if(version < 3414550118400000000, 9223372036854775807, toInt64(intDiv(bitShiftRight(version, 11), 1000)))), 'UTC') AS sort_at,
    toString(subject) AS subject_uri,
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version,
    deleted,
    did_key,
    subject_key,
    concat('at://', actor_did, '/app.bsky.feed.repost/', rkey) AS uri
FROM record_rows FINAL
WHERE collection = 'app.bsky.feed.repost' AND subject != '';

CREATE VIEW posts AS
SELECT
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
FROM post_rows FINAL;

-- Every record with its JSON. It reads both tables: whoever knows the collection is served faster by the table of it.
CREATE VIEW repo_records AS
WITH toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) + created_delta AS created_ms
SELECT
    record_hour,
    repo,
    toString(collection) AS collection,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    toString(operation) AS operation,
    if(
        json_rest = '' OR startsWith(json_rest, ','),
        concat(
            '{"$type":"', collection, '","createdAt":"', formatDateTime(fromUnixTimestamp64Milli(created_ms, 'UTC'), '%Y-%m-%dT%H:%i:%S.', 'UTC'), leftPad(toString(created_ms % 1000), 3, '0'), 'Z', '","subject":',
            if(startsWith(collection, 'app.bsky.feed.'), concat('{"uri":"', subject, '"}'), concat('"', subject, '"')),
            json_rest, '}'),
        json_rest) AS record_json,
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version,
    deleted,
    did_key,
    concat('at://', repo, '/', collection, '/', rkey) AS uri
FROM record_rows FINAL
UNION ALL
SELECT
    record_hour,
    did AS repo,
    'app.bsky.feed.post' AS collection,
    rkey,
    if(record_hour = 0, toDateTime(0, 'UTC'), toDateTime(intDiv(bitShiftRight(reinterpretAsUInt64(reverse(substring(tryBase32Decode(concat('AAA', translate(rkey, '234567abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'))), 3))), 10), 1000000), 'UTC')) AS record_time,
    toString(operation) AS operation,
    replaceOne(
        replaceOne(
            replaceOne(
                replaceOne(
                    replaceOne(
                        json_rest,
                        '\x05', concat('"uri":"', quote_uri, '"')),
                    '\x04', concat('"text":"', replaceAll(replaceAll(replaceAll(text, '\\', '\\\\'), '"', '\\"'), '\n', '\\n'), '"')),
                '\x03', concat('"reply":{"parent":{"uri":"', parent_uri, '"},"root":{"uri":"', root_uri, '"}}')),
            '\x02', concat('"langs":["', arrayStringConcat(langs, '","'), '"]')),
        '\x01', concat('"$type":"app.bsky.feed.post","createdAt":"', formatDateTime(fromUnixTimestamp64Milli(toUnixTimestamp64Milli(sort_at), 'UTC'), '%Y-%m-%dT%H:%i:%S.', 'UTC'), leftPad(toString(toUnixTimestamp64Milli(sort_at) % 1000), 3, '0'), 'Z', '"')) AS record_json,
    version,
    deleted,
    did_key,
    concat('at://', did, '/app.bsky.feed.post/', rkey) AS uri
FROM post_rows FINAL;

-- follows and blocks, which are read by actor.
CREATE MATERIALIZED VIEW follows_from_record_rows TO follows AS
WITH toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS key_ms
SELECT
    repo AS actor_did,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    record_hour,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    fromUnixTimestamp64Milli(least(key_ms + created_delta, if(rkey_tid = 0, 9223372036854775807, key_ms), if((relative_version + 2 * rkey_tid + 9223372036854775808) < 3414550118400000000, 9223372036854775807, toInt64(intDiv(bitShiftRight((relative_version + 2 * rkey_tid + 9223372036854775808), 11), 1000)))), 'UTC') AS sort_at,
    toString(subject) AS subject_did,
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version,
    toUInt8(subject = '') AS deleted
FROM record_rows
WHERE collection = 'app.bsky.graph.follow';

CREATE MATERIALIZED VIEW blocks_from_record_rows TO blocks AS
WITH toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS key_ms
SELECT
    repo AS actor_did,
    if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)) AS rkey,
    record_hour,
    toDateTime(intDiv(bitShiftRight(rkey_tid, 10), 1000000), 'UTC') AS record_time,
    fromUnixTimestamp64Milli(least(key_ms + created_delta, if(rkey_tid = 0, 9223372036854775807, key_ms), if((relative_version + 2 * rkey_tid + 9223372036854775808) < 3414550118400000000, 9223372036854775807, toInt64(intDiv(bitShiftRight((relative_version + 2 * rkey_tid + 9223372036854775808), 11), 1000)))), 'UTC') AS sort_at,
    toString(subject) AS subject_did,
    relative_version + 2 * rkey_tid + 9223372036854775808 AS version,
    toUInt8(subject = '') AS deleted
FROM record_rows
WHERE collection = 'app.bsky.graph.block';

CREATE MATERIALIZED VIEW record_ops_from_record_rows TO record_ops AS
SELECT
    toUInt32(intDiv(bitShiftRight(relative_version + 2 * rkey_tid + 9223372036854775808 AS version, 11), 3600000000)) AS rev_hour,
    collection,
    operation,
    sipHash64(repo, if(rkey_tid = 0, rkey_text, substring(translate(base32Encode(concat(char(0, 0), reverse(reinterpretAsFixedString(rkey_tid)))), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '234567abcdefghijklmnopqrstuvwxyz'), 4)), intDiv(version, 2) * 2 + (operation = 'delete')) AS op_key
FROM record_rows;

CREATE MATERIALIZED VIEW record_ops_from_post_rows TO record_ops AS
SELECT
    toUInt32(intDiv(bitShiftRight(version, 11), 3600000000)) AS rev_hour,
    'app.bsky.feed.post' AS collection,
    operation,
    sipHash64(did, rkey, intDiv(version, 2) * 2 + (operation = 'delete')) AS op_key
FROM post_rows;

CREATE MATERIALIZED VIEW actor_days_from_record_rows TO actor_days AS
SELECT DISTINCT sipHash64(repo) AS did_key, toDate(toUInt16(intDiv(record_hour, 24))) AS day
FROM record_rows
WHERE collection IN ('app.bsky.feed.like', 'app.bsky.graph.follow', 'app.bsky.graph.block');

CREATE MATERIALIZED VIEW actor_days_from_post_rows TO actor_days AS
SELECT DISTINCT sipHash64(did) AS did_key, toDate(toUInt16(intDiv(record_hour, 24))) AS day FROM post_rows;

-- Posts of the last 72 hours that show: sort_at is never after the time in the key, so the hours prune exactly.
CREATE VIEW recent_posts AS
SELECT
    did, rkey, uri, uri_key, did_key, sort_at, text, langs, tags, mentions, parent_uri, root_uri, quote_uri, embed, has_embedded_media
FROM post_rows FINAL
WHERE record_hour >= intDiv(toUnixTimestamp(now()), 3600) - 72
    AND sort_at > now64(3, 'UTC') - INTERVAL 72 HOUR
    AND sort_at <= now64(3, 'UTC')
    AND version > dictGetOrDefault('hidden_recent', 'hidden_below', did_key, dictGet('hidden', 'hidden_below', did_key));

-- With the likes of those hours, one an account, and the score of the hot feeds: (likes - 1) / (age in hours + 2) ^ 1.8.
CREATE VIEW recent_posts_with_score AS
SELECT
    recent_posts.*,
    liked.like_count AS like_count,
    dateDiff('second', sort_at, now64(3, 'UTC')) / 3600 AS age_hours,
    (toInt64(like_count) - 1) / pow(age_hours + 2, 1.8) AS score
FROM recent_posts
LEFT JOIN
(
    SELECT subject_key, uniqExact(did_key) AS like_count
    FROM likes
    WHERE record_hour >= intDiv(toUnixTimestamp(now()), 3600) - 72
        AND sort_at <= now64(3, 'UTC')
        AND version > dictGetOrDefault('hidden_recent', 'hidden_below', did_key, dictGet('hidden', 'hidden_below', did_key))
    GROUP BY subject_key
) AS liked ON liked.subject_key = recent_posts.uri_key;

-- Hashes in their order: what differs from the last one takes fewer bits.
ALTER TABLE record_ops MODIFY COLUMN op_key UInt64 COMMENT 'sipHash64 of (repo, rkey, rev * 2, + 1 for a delete)' CODEC(Delta, T64('bit'), LZ4);
ALTER TABLE actor_days MODIFY COLUMN did_key UInt64 CODEC(Delta, ZSTD(1));

-- The stream is read again from where it stood when the copy began: what was written to the old tables since is not in the new ones.
RUN read_again;
