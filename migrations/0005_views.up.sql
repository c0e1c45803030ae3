-- Which records of inactive and deleted accounts are out of sight, for every reader: a record shows while its version is above
--     dictGetOrDefault('hidden_recent', 'hidden_below', did_key, dictGet('hidden', 'hidden_below', did_key)).
-- Two dictionaries, since one that is updated in place rebuilds all of its hash table each time (5 s for 5 M accounts): `hidden`
-- holds all accounts as they stood at its last load, `hidden_recent` those that have changed since and is loaded again after every
-- change. When that one has grown, `hidden` is loaded again, and then a row in hidden_folds says from when on `hidden_recent` has
-- to look. Neither is reloaded by the clock (LIFETIME(0)); a restarted server loads both at their first use.
-- Their sources are views of this database: a TABLE without a DB is looked for there, names inside a QUERY are not.
CREATE TABLE hidden_folds
(
    folded_at DateTime64(3, 'UTC') COMMENT 'what was written before stands in the dictionary hidden'
)
ENGINE = MergeTree
ORDER BY folded_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE VIEW hidden_actors_recent AS
SELECT
    did_key,
    if(argMax(active, (version, is_deletion)) = 0, toUInt64(18446744073709551615), maxIf(version, is_deletion = 1)) AS hidden_below
FROM actor_status FINAL
WHERE did IN (SELECT did FROM actor_status WHERE ingest_at >= (SELECT max(folded_at) FROM hidden_folds))
GROUP BY did_key;

CREATE DICTIONARY hidden
(
    did_key UInt64,
    hidden_below UInt64 DEFAULT 0
)
PRIMARY KEY did_key
SOURCE(CLICKHOUSE(TABLE hidden_actors WHERE 'hidden_below > 0'))
LAYOUT(HASHED())
LIFETIME(0);

CREATE DICTIONARY hidden_recent
(
    did_key UInt64,
    hidden_below UInt64 DEFAULT 0
)
PRIMARY KEY did_key
SOURCE(CLICKHOUSE(TABLE hidden_actors_recent))
LAYOUT(HASHED())
LIFETIME(0);

-- One row an account that any identity or account event has named. Looked up by did it reads the granules of that did only:
-- the condition goes through the GROUP BY and the UNION into both tables.
CREATE VIEW actors AS
SELECT
    did,
    max(known_handle) AS handle,
    argMax(is_active, (status_version, is_deletion)) AS active,
    argMax(known_status, (status_version, is_deletion)) AS status,
    maxIf(status_version, is_deletion = 1) AS deleted_below
FROM
(
    SELECT did, handle AS known_handle, toUInt8(1) AS is_active, '' AS known_status, toUInt64(0) AS status_version, toUInt8(0) AS is_deletion
    FROM actor_handles FINAL
    UNION ALL
    SELECT did, '', active, status, version, is_deletion
    FROM actor_status FINAL
)
GROUP BY did;

-- Posts of the last 72 hours that show: sort_at is never after record_time, so the hours prune exactly.
CREATE VIEW recent_posts AS
SELECT
    did, rkey, uri, uri_key, did_key, sort_at, text, langs, tags, mentions, parent_uri, root_uri, quote_uri, embed, has_embedded_media
FROM posts FINAL
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
    FROM likes FINAL
    WHERE record_hour >= intDiv(toUnixTimestamp(now()), 3600) - 72
        AND sort_at <= now64(3, 'UTC')
        AND version > dictGetOrDefault('hidden_recent', 'hidden_below', did_key, dictGet('hidden', 'hidden_below', did_key))
    GROUP BY subject_key
) AS liked ON liked.subject_key = recent_posts.uri_key;

-- How many accounts each account follows.
CREATE VIEW following_counts AS
SELECT actor_did, uniqExact(subject_key) AS following_count
FROM follows FINAL
WHERE version > dictGetOrDefault('hidden_recent', 'hidden_below', did_key, dictGet('hidden', 'hidden_below', did_key))
GROUP BY actor_did;
