import type { Version } from '@updraft/atproto';
import { string, version } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** From a #sync event: the account's older records do not show. */
export interface RepoSyncRow {
  readonly did: string;
  /** repoSyncVersion() of the event's rev: a record shows from this version on. */
  readonly version: Version;
}

export const repoSyncs: Table<RepoSyncRow> = defineTable<RepoSyncRow>('repo_syncs', { did: string, version });
