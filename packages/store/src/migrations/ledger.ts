import type { ClickHouse } from '../clickhouse/types.ts';
import { bool, fixedString, string, uint32 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import type { AppliedMigration } from './types.ts';

/** The table schema_migrations: one row a migration, its last change counting. Written under the lock only. */
export interface Ledger {
  /** Makes the tables of the migrations themselves, once. */
  prepare(): Promise<void>;
  /** Begun or applied migrations, by version. */
  read(): Promise<AppliedMigration[]>;
  write(migration: AppliedMigration): Promise<void>;
  /** After a down. */
  remove(migration: AppliedMigration): Promise<void>;
}

const CREATE = `CREATE TABLE IF NOT EXISTS schema_migrations
(
    version UInt32,
    name String,
    checksum FixedString(64) COMMENT 'SHA-256 of the up file',
    dirty UInt8 COMMENT 'begun and not ended',
    direction LowCardinality(String) COMMENT 'up, down or force: what was begun last',
    statements_done UInt32,
    failure String COMMENT 'empty when the process just ended',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    change UInt64 COMMENT 'rises with each change of the whole table',
    removed UInt8
)
ENGINE = ReplacingMergeTree(change, removed)
ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

const INSERT = `INSERT INTO schema_migrations (version, name, checksum, dirty, direction, statements_done, failure, change, removed)
SELECT {version:UInt32}, {name:String}, {checksum:String}, {dirty:UInt8}, {direction:String}, {statementsDone:UInt32}, {failure:String},
       (SELECT max(change) + 1 FROM schema_migrations), {removed:UInt8}`;

const APPLIED = shape<AppliedMigration>({
  version: uint32,
  name: string,
  checksum: fixedString(64),
  dirty: bool,
  direction: string,
  statementsDone: uint32,
  failure: string,
});

export function createLedger(clickhouse: ClickHouse): Ledger {
  const insert = (migration: AppliedMigration, removed: boolean) =>
    clickhouse.command(INSERT, { ...migration, dirty: Number(migration.dirty), removed: Number(removed) });
  return {
    prepare: () => clickhouse.command(CREATE),
    read: () =>
      clickhouse.query(
        'SELECT version, name, checksum, dirty, direction, statements_done, failure FROM schema_migrations FINAL ORDER BY version',
        APPLIED,
      ),
    write: (migration) => insert(migration, false),
    remove: (migration) => insert(migration, true),
  };
}
