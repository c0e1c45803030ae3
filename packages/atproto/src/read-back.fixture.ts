import type { RecordForm } from './record-form.ts';
import type { RecordKey } from './record-key.ts';
import { formatTid } from './tid.ts';

/** The ways back from a row, with which tests prove that it loses nothing. In the store, SQL goes them. */

/** The recordJson() of a record that is not deleted. */
export function recordJsonOf(
  { collection, subject, createdDelta, jsonRest }: RecordForm & { readonly collection: string },
  keyMs: number,
): string {
  if (jsonRest !== '' && !jsonRest.startsWith(',')) return jsonRest;
  const createdAt = new Date(keyMs + createdDelta).toISOString();
  const subjectJson = collection.startsWith('app.bsky.graph.') ? `"${subject}"` : `{"uri":"${subject}"}`;
  return `{"$type":"${collection}","createdAt":"${createdAt}","subject":${subjectJson}${jsonRest}}`;
}

export function rkeyOf({ rkeyTid, rkeyText }: Pick<RecordKey, 'rkeyTid' | 'rkeyText'>): string {
  if (rkeyTid.hi === 0 && rkeyTid.lo === 0) return rkeyText;
  return formatTid({ micros: rkeyTid.hi * 2 ** 22 + (rkeyTid.lo >>> 10), clockId: rkeyTid.lo & 1023 });
}
