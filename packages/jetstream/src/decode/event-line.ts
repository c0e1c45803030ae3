/*
 * In: a row of a segment. Out: its event as one line of JSON in v1's form, with `sync` for what v1 lacks; parseLine() reads it.
 * Keeps: every row gives a line. One whose payload can't be read says so in `fault` and bears its bytes, so that the event stands in
 * rejected_events and nothing is lost.
 */

import { payloadText } from '../record/record-text.ts';
import { ROW_KIND, type SegmentRow } from '../segment/row.ts';

/** The event of a row. Never throws. */
export function eventLine(row: SegmentRow): string {
  const operation = OPERATIONS.get(row.kind);
  if (operation !== undefined) return commitLine(row, operation);
  const kind = UPSTREAM_KINDS.get(row.kind);
  if (kind === undefined) return line(row, `row kind ${row.kind}`, undefined);
  const content = payloadText(row.payload);
  return content.ok
    ? line(row, kind, `${JSON.stringify(kind)}:${content.text}`)
    : line(row, kind, faultOf(row, content.fault));
}

const OPERATIONS: ReadonlyMap<number, 'create' | 'update' | 'delete'> = new Map([
  [ROW_KIND.create, 'create'],
  [ROW_KIND.update, 'update'],
  [ROW_KIND.delete, 'delete'],
  [ROW_KIND.createAfterSync, 'create'],
]);
const UPSTREAM_KINDS: ReadonlyMap<number, 'identity' | 'account' | 'sync'> = new Map([
  [ROW_KIND.identity, 'identity'],
  [ROW_KIND.account, 'account'],
  [ROW_KIND.sync, 'sync'],
]);

function commitLine(row: SegmentRow, operation: 'create' | 'update' | 'delete'): string {
  const path = `"rev":${quote(row.rev)},"operation":"${operation}","collection":${quote(row.collection)},"rkey":${quote(row.rkey)}`;
  if (operation === 'delete') return line(row, 'commit', `"commit":{${path}}`);
  const record = payloadText(row.payload);
  if (record.ok) return line(row, 'commit', `"commit":{${path},"record":${record.text}}`);
  return line(row, 'commit', `"commit":{${path}},${faultOf(row, record.fault)}`);
}

/** More of it is not kept with a rejected event. */
const MAX_KEPT_BYTES = 64 * 1024;

function faultOf(row: SegmentRow, fault: string): string {
  const kept = Math.min(row.payload.byteLength, MAX_KEPT_BYTES);
  const bytes = Buffer.from(row.payload.buffer, row.payload.byteOffset, kept).toString('base64');
  return `"fault":${JSON.stringify(fault)},"payload":{"$bytes":"${bytes.replace(/=+$/, '')}"}`;
}

function line(row: SegmentRow, kind: string, content: string | undefined): string {
  const front = `{"did":${quote(row.did)},"time_us":${row.witnessedAt},"cursor":${row.seq},"kind":"${kind}"`;
  return content === undefined ? `${front}}` : `${front},${content}}`;
}

/** Identifiers need no escapes; what else may stand there does. */
function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
const PLAIN = /^[\w.:~%-]*$/;
