ALTER TABLE actor_handles DROP PROJECTION IF EXISTS by_handle;
ALTER TABLE actor_handles RESET SETTING deduplicate_merge_projection_mode, default_compression_codec;
