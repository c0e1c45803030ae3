import { bool, dateTime64Ms, string, uint64 } from '../row-binary/codecs.ts';
import { defineTable, type Table } from '../row-binary/table.ts';

/** An account's label, or its end. Every row written is a change, and stays in actor_label_changes. */
export interface ActorLabelRow {
  readonly label: string;
  readonly actorDid: string;
  /** Milliseconds since 1970: since when the account bears the label. */
  readonly createdAt: number;
  readonly changedBy: string;
  /** Microseconds since 1970 of the change; rises with each of them. */
  readonly version: number;
  readonly deleted: boolean;
}

export const actorLabels: Table<ActorLabelRow> = defineTable<ActorLabelRow>('actor_labels', {
  label: string,
  actorDid: string,
  createdAt: dateTime64Ms,
  changedBy: string,
  version: uint64,
  deleted: bool,
});
