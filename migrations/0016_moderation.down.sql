DROP TABLE IF EXISTS audit_log;
DROP TABLE IF EXISTS member_requests;
DROP TABLE IF EXISTS feed_hides;
DROP VIEW IF EXISTS list_items_from_record_rows;
DROP TABLE IF EXISTS list_items;
DROP VIEW IF EXISTS profile_labels_from_record_rows;
DROP TABLE IF EXISTS profile_labels;
DROP TABLE IF EXISTS labels;
