DROP VIEW IF EXISTS audit_log_from_member_requests;
DROP TABLE IF EXISTS audit_log;
DROP TABLE IF EXISTS member_requests;
DROP TABLE IF EXISTS feed_hides;
DROP VIEW IF EXISTS list_items_from_record_rows;
DROP TABLE IF EXISTS list_items;
DROP TABLE IF EXISTS labels;
