-- Accounts that were erased for good: no event of theirs is written again, replays included. The list names nobody: it holds hashes.
CREATE TABLE erased_accounts
(
    did_hash FixedString(64) COMMENT 'SHA-256 of the DID, in hex' CODEC(ZSTD(1)),
    erased_at DateTime64(3, 'UTC') COMMENT 'when its erasure was last asked for' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(erased_at)
ORDER BY did_hash
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
