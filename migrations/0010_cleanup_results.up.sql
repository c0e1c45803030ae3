-- What a clean-up keeps, what it sent and what the repository says of it. The column that every version before this one wrote is
-- renamed: an older instance would not keep what the owner asked to be kept, so it can touch no job any more.
ALTER TABLE repo_cleanup_jobs RENAME COLUMN num_deleted_hour TO points_hour;
ALTER TABLE repo_cleanup_jobs MODIFY COLUMN points_hour COMMENT 'deletions sent in the hour that began at hour_started_at, refused ones included';
ALTER TABLE repo_cleanup_jobs ADD COLUMN points_today UInt64 DEFAULT num_deleted_today COMMENT 'deletions sent on that UTC day, refused ones included' AFTER points_hour;
ALTER TABLE repo_cleanup_jobs MODIFY COLUMN num_deleted COMMENT 'records that were sent and are gone from the repository';
ALTER TABLE repo_cleanup_jobs MODIFY COLUMN today COMMENT 'the UTC day that num_deleted_today and points_today count';
ALTER TABLE repo_cleanup_jobs MODIFY COLUMN hour_started_at COMMENT 'the beginning of the hour that points_hour counts';
ALTER TABLE repo_cleanup_jobs MODIFY COLUMN in_flight COMMENT 'collection/rkey of what was sent and whose outcome is not known';
ALTER TABLE repo_cleanup_jobs ADD COLUMN claimed Array(String) COMMENT 'collection/rkey of what the server called deleted and nobody has looked for yet' AFTER in_flight;
ALTER TABLE repo_cleanup_jobs ADD COLUMN set_aside_json String COMMENT 'records that could not be deleted, and why' AFTER claimed;
ALTER TABLE repo_cleanup_jobs ADD COLUMN writes_per_call UInt32 COMMENT 'the most that the server takes, as far as is known; 0: not known' AFTER set_aside_json;
ALTER TABLE repo_cleanup_jobs ADD COLUMN keep_json String COMMENT 'what the owner asked to keep; empty: pinned posts' AFTER delete_older_than;
ALTER TABLE repo_cleanup_jobs ADD COLUMN kept_json String COMMENT 'how many records stay, by the reason' AFTER keep_json;
