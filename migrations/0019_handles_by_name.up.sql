-- Handles in their order, for the accounts whose handle begins with some letters. Merges, erasure and a changed handle carry it along with the rows.
-- FINAL doesn't use it: it finds accounts that once had such a handle, whose present one is then looked up.
ALTER TABLE actor_handles MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild', default_compression_codec = 'ZSTD(1)';
ALTER TABLE actor_handles ADD PROJECTION IF NOT EXISTS by_handle (SELECT handle, did ORDER BY handle);

-- The servers order the rows that there are in the background; system.mutations tells how many parts are left.
ALTER TABLE actor_handles MATERIALIZE PROJECTION by_handle SETTINGS mutations_sync = 0;
