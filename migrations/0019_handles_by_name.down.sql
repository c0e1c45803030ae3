-- The servers refuse to drop a projection that they still build: a second order to build it waits for the first.
ALTER TABLE actor_handles MATERIALIZE PROJECTION by_handle SETTINGS mutations_sync = 1;
ALTER TABLE actor_handles DROP PROJECTION IF EXISTS by_handle;
ALTER TABLE actor_handles RESET SETTING deduplicate_merge_projection_mode, default_compression_codec;
