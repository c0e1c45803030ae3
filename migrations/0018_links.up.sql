-- Who links to a record or an account: for each hash of what is linked to, the rows of a part that have it. Nothing but these two numbers is
-- kept a second time; merges, retention and erasure carry it along with the rows. FINAL doesn't use it: it finds keys, which are then looked up. With
-- the servers' default codec the rows' numbers would take twice the bytes.
ALTER TABLE record_rows MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild', default_compression_codec = 'ZSTD(1)';
ALTER TABLE record_rows ADD PROJECTION IF NOT EXISTS subject_index INDEX subject_key TYPE basic;
ALTER TABLE list_items MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild', default_compression_codec = 'ZSTD(1)';
ALTER TABLE list_items ADD PROJECTION IF NOT EXISTS subject_index INDEX sipHash64(subject_did) TYPE basic;
ALTER TABLE post_rows MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild', default_compression_codec = 'ZSTD(1)';
ALTER TABLE post_rows ADD PROJECTION IF NOT EXISTS quote_index INDEX sipHash64(quote_uri) TYPE basic;
ALTER TABLE post_rows ADD PROJECTION IF NOT EXISTS parent_index INDEX sipHash64(parent_uri) TYPE basic;
ALTER TABLE post_rows ADD PROJECTION IF NOT EXISTS root_index INDEX sipHash64(root_uri) TYPE basic;

-- The servers index the parts that there are in the background, each part once; system.mutations tells how many are left.
ALTER TABLE list_items MATERIALIZE PROJECTION subject_index SETTINGS mutations_sync = 0;
ALTER TABLE post_rows MATERIALIZE PROJECTION quote_index SETTINGS mutations_sync = 0;
ALTER TABLE post_rows MATERIALIZE PROJECTION parent_index SETTINGS mutations_sync = 0;
ALTER TABLE post_rows MATERIALIZE PROJECTION root_index SETTINGS mutations_sync = 0;
ALTER TABLE record_rows MATERIALIZE PROJECTION subject_index SETTINGS mutations_sync = 0;
