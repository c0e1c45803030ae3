import type { Version } from '@updraft/atproto';
import { bool, dateTime64Ms, string, version } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** From the record app.bsky.actor.profile/self. */
export interface ProfileRow {
  readonly actorDid: string;
  readonly displayName: string;
  readonly description: string;
  readonly pinnedPostUri: string;
  /** Milliseconds since 1970; 0 when the record has no sane createdAt. */
  readonly createdAt: number;
  readonly version: Version;
  readonly deleted: boolean;
}

export const profiles: Table<ProfileRow> = defineTable<ProfileRow>('profiles', {
  actorDid: string,
  displayName: string,
  description: string,
  pinnedPostUri: string,
  createdAt: dateTime64Ms,
  version,
  deleted: bool,
});
