import { NO_HANDLE, type Version } from '@updraft/atproto';
import { string, version } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** From an identity event that carries a handle. */
export interface ActorHandleRow {
  readonly did: string;
  readonly handle: string;
  /** timeVersion() of orderMicros() of the event: its inner time, or the host's where that had not come. */
  readonly version: Version;
}

/** The condition that a row's handle is one that its account bears. */
export const isBorne = `handle NOT IN ('', '${NO_HANDLE}')`;

export const actorHandles: Table<ActorHandleRow> = defineTable<ActorHandleRow>('actor_handles', {
  did: string,
  handle: string,
  version,
});
