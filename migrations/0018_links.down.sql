ALTER TABLE record_rows DROP PROJECTION IF EXISTS subject_index;
ALTER TABLE record_rows RESET SETTING deduplicate_merge_projection_mode, default_compression_codec;
ALTER TABLE list_items DROP PROJECTION IF EXISTS subject_index;
ALTER TABLE list_items RESET SETTING deduplicate_merge_projection_mode, default_compression_codec;
ALTER TABLE post_rows DROP PROJECTION IF EXISTS quote_index;
ALTER TABLE post_rows DROP PROJECTION IF EXISTS parent_index;
ALTER TABLE post_rows DROP PROJECTION IF EXISTS root_index;
ALTER TABLE post_rows RESET SETTING deduplicate_merge_projection_mode, default_compression_codec;
