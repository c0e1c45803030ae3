import type { ClickHouseOptions } from '../clickhouse/types.ts';
import type { StoreLog } from '../log.ts';
import type { StepState } from './run-steps/step.ts';

export interface MigrateOptions {
  connection: ClickHouseOptions;
  log: StoreLog;
  /** Folder of NNNN_name.{up,down}.sql; default: the repository's migrations/. */
  directory?: string;
  /** How long to wait for another process's migration; default 60 s. */
  lockWaitMs?: number;
  /** How long one statement may take; default 10 min. */
  statementTimeoutMs?: number;
  signal?: AbortSignal;
  /** How many rows a step copies at a time; default 500,000, which take some 400 MB of the engine's memory. */
  sliceRows?: number;
  /** Bytes of the engine's memory that a copy may take, default 3 GB: rows that need more are copied in parts. */
  sliceMemory?: number;
  /** Receives how far a long step is. */
  onProgress?: (state: StepState) => void;
}

/** One migration as its two files hold it. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly upSql: string;
  readonly downSql: string;
  /** SHA-256 of the up file, in hex. */
  readonly checksum: string;
}

/** What schema_migrations says of one migration. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  /** Begun and not ended. */
  readonly dirty: boolean;
  /** up, down or force: what was begun last. */
  readonly direction: string;
  /** Statements of it that are done. */
  readonly statementsDone: number;
  /** Why it failed; '' when the process just ended. */
  readonly failure: string;
}
