import { bool, string, version } from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** From an account event. */
export const actorStatus = defineTable('actor_status', {
  did: string,
  /** True for an event with the status `deleted`: its row stays beside the account's later ones. */
  isDeletion: bool,
  active: bool,
  /** takendown, suspended, deleted, deactivated, … an open set; '' when active. */
  status: string,
  /** timeVersion() of orderMicros() of the event: its own time, or the host's if the event's own time is in the future. */
  version,
});
export type ActorStatusRow = RowOf<typeof actorStatus>;
