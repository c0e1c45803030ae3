-- What a #sync put out of sight shows again: the version before knows of none.
CREATE OR REPLACE VIEW hidden_actors AS
SELECT
    did_key,
    if(argMax(active, (version, is_deletion)) = 0, toUInt64(18446744073709551615), maxIf(version, is_deletion = 1)) AS hidden_below
FROM actor_status FINAL
GROUP BY did_key;

CREATE OR REPLACE VIEW hidden_actors_recent AS
SELECT
    did_key,
    if(argMax(active, (version, is_deletion)) = 0, toUInt64(18446744073709551615), maxIf(version, is_deletion = 1)) AS hidden_below
FROM actor_status FINAL
WHERE did GLOBAL IN (SELECT did FROM actor_status WHERE ingest_at >= (SELECT max(folded_at) FROM hidden_folds))
GROUP BY did_key;

DROP TABLE IF EXISTS repo_syncs;
