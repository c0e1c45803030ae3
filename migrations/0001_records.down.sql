DROP VIEW record_ops_from_records;
DROP TABLE record_ops;
DROP TABLE repo_records;
