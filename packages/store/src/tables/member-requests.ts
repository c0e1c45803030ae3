import { insertRows } from '../clickhouse/insert-rows.ts';
import { didList } from '../clickhouse/lists.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { lowCardinalityString, string, uint64 } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { columnList, defineTable } from '../row-binary/table.ts';
import { type ActorLabelRow, actorLabels } from './actor-labels.ts';

/** How an account stands towards a feed's members. A view keeps every row in audit_log. */
export const memberRequests = defineTable('member_requests', {
  label: string,
  actorDid: string,
  /** pending, approved, rejected, banned, left or ended. */
  state: lowCardinalityString,
  source: string,
  evidence: string,
  note: string,
  changedBy: string,
  /** Microseconds since 1970 of the change; rises with each of them. */
  version: uint64,
});
export type MemberRequestRow = RowOf<typeof memberRequests>;

/** What the two tables have of an account and a label. */
export interface StoredMember {
  /** Undefined for an account that nobody has asked for. */
  readonly request: MemberRequestRow | undefined;
  /** The last row of the label, which may be its end; undefined for one that never had it. */
  readonly label: ActorLabelRow | undefined;
}

/** What is stored of these accounts, by DID; all of them are in the answer. */
export async function readStoredMembers(
  clickhouse: ClickHouse,
  label: string,
  dids: readonly string[],
): Promise<Map<string, StoredMember>> {
  const lists = [didList(dids)];
  const [requests, labels] = await Promise.all([
    clickhouse.query(
      `SELECT ${columnList(memberRequests)} FROM member_requests FINAL
       WHERE label = {label:String} AND actor_did IN given_dids`,
      shape(memberRequests.codecs),
      { label },
      { lists },
    ),
    clickhouse.query(
      `SELECT ${columnList(actorLabels)} FROM actor_labels
       WHERE label = {label:String} AND actor_did IN given_dids ORDER BY version DESC LIMIT 1 BY actor_did`,
      shape(actorLabels.codecs),
      { label },
      { lists },
    ),
  ]);
  const requestOf = new Map(requests.map((row) => [row.actorDid, row]));
  const labelOf = new Map(labels.map((row) => [row.actorDid, row]));
  return new Map(dids.map((did) => [did, { request: requestOf.get(did), label: labelOf.get(did) }]));
}

/** Writes changes. The requests come first: after an interruption they say which labels are still to be changed. */
export async function writeMembers(
  clickhouse: ClickHouse,
  requests: readonly MemberRequestRow[],
  labels: readonly ActorLabelRow[],
): Promise<void> {
  if (requests.length > 0) await insertRows(clickhouse, memberRequests, requests);
  if (labels.length > 0) await insertRows(clickhouse, actorLabels, labels);
}
