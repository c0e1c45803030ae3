-- What hosts changed of feeds: settings that lie over the feeds file's. Every change stands in audit_log.
CREATE TABLE feed_settings
(
    feed String COMMENT 'its name' CODEC(ZSTD(1)),
    settings String COMMENT 'JSON: the value of each setting as the feeds file would have it, null for one that is left out; {} for nothing' CODEC(ZSTD(1)),
    changed_by String CODEC(ZSTD(1)),
    version UInt64 COMMENT 'microseconds since 1970 of the last change' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY feed;
