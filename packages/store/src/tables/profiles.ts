import { bool, dateTime64Ms, string, version } from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** From the record app.bsky.actor.profile/self. */
export const profiles = defineTable('profiles', {
  actorDid: string,
  displayName: string,
  description: string,
  pinnedPostUri: string,
  /** Milliseconds since 1970; 0 when the record has no sane createdAt. */
  createdAt: dateTime64Ms,
  version,
  deleted: bool,
});
export type ProfileRow = RowOf<typeof profiles>;
