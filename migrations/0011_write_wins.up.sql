-- At one rev the write wins from now on: version = rev * 2, + 1 for a write. Rows written before keep theirs, + 1 for a delete;
-- an operation keeps its key in either form, so that one that comes again is counted once.
ALTER TABLE record_ops_from_records MODIFY QUERY
SELECT
    toUInt32(intDiv(bitShiftRight(version, 11), 3600000000)) AS rev_hour,
    collection,
    operation,
    sipHash64(repo, rkey, intDiv(version, 2) * 2 + (operation = 'delete')) AS op_key
FROM repo_records;

ALTER TABLE repo_records COMMENT COLUMN version 'rev * 2, + 1 for a write; of rows before 0011 + 1 for a delete; rev is the TID as an integer';
ALTER TABLE record_ops COMMENT COLUMN op_key 'sipHash64 of (repo, rkey, rev * 2, + 1 for a delete)';
