ALTER TABLE record_ops COMMENT COLUMN op_key 'sipHash64 of (repo, rkey, version)';
ALTER TABLE repo_records COMMENT COLUMN version 'rev * 2, + 1 for a delete; rev is the TID as an integer';
ALTER TABLE record_ops_from_records MODIFY QUERY
SELECT
    toUInt32(intDiv(bitShiftRight(version, 11), 3600000000)) AS rev_hour,
    collection,
    operation,
    sipHash64(repo, rkey, version) AS op_key
FROM repo_records;
