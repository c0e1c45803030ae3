import type { Version } from '@updraft/atproto';
import { bool, string, version } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** From an account event. */
export interface ActorStatusRow {
  readonly did: string;
  /** True for an event with the status `deleted`: its row stays beside the account's later ones. */
  readonly isDeletion: boolean;
  readonly active: boolean;
  /** takendown, suspended, deleted, deactivated, … an open set; '' when active. */
  readonly status: string;
  /** timeVersion() of orderMicros() of the event: its inner time, or the host's where that had not come. */
  readonly version: Version;
}

export const actorStatus: Table<ActorStatusRow> = defineTable<ActorStatusRow>('actor_status', {
  did: string,
  isDeletion: bool,
  active: bool,
  status: string,
  version,
});
