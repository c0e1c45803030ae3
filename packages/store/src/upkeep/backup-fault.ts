import {
  BACKUP_ALREADY_EXISTS,
  BACKUP_NOT_FOUND,
  CANNOT_RESTORE_TABLE,
  UNKNOWN_DATABASE,
  UNKNOWN_TABLE,
} from '../clickhouse/error-codes.ts';
import { StoreError } from '../errors.ts';

/** Why a back-up or its return was refused, where a person can do something about it. */
export type BackupFault = 'name_taken' | 'not_found' | 'database_in_use' | 'no_database';

const FAULTS = new Map<unknown, BackupFault>([
  [BACKUP_ALREADY_EXISTS, 'name_taken'],
  [BACKUP_NOT_FOUND, 'not_found'],
  [CANNOT_RESTORE_TABLE, 'database_in_use'],
  [UNKNOWN_DATABASE, 'no_database'],
  [UNKNOWN_TABLE, 'no_database'],
]);

export function backupFault(error: unknown): BackupFault | undefined {
  return error instanceof StoreError ? FAULTS.get(error.code) : undefined;
}
