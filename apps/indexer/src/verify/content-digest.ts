import { hash } from 'node:crypto';
import { recordJson } from '@updraft/atproto';

/** Stands for a record that can't be stored, being nested too deep: rejected_events has it. */
export const UNSTORABLE = '';

/**
 * Tells a record's content from any other, as it is stored: without the CIDs of StrongRefs, which no row keeps, so that the record's own CID
 * can't be computed again. The order of keys doesn't count, since DAG-CBOR has one of its own, and -0 is 0.
 */
export function contentDigest(record: unknown): string {
  const json = recordJson(record);
  return json === undefined ? UNSTORABLE : hash('sha256', canonicalJson(JSON.parse(json)), 'base64url').slice(0, 16);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === 0) return 0;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
