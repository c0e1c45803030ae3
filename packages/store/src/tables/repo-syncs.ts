import { string, version } from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** From a #sync event: the account's older records do not show. */
export const repoSyncs = defineTable('repo_syncs', {
  did: string,
  /** syncVersion() of the event's rev: a record shows from this version on. */
  version,
});
export type RepoSyncRow = RowOf<typeof repoSyncs>;
