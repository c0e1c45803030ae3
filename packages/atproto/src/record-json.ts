import { MAX_JSON_DEPTH } from './json-depth.ts';
import type { JsonObject } from './json-object.ts';

/**
 * The JSON of a record as it is stored: without the `cid` of StrongRefs (every object with an at:// `uri` and a `cid`,
 * both strings), which compress badly and add nothing to the uri. Blobs keep their `$link`. Keys are sorted, since the live stream and the
 * archive order them differently; lone surrogates stay escaped. The record itself is not changed.
 * undefined when the record is absent, or nested deeper than 512 levels.
 */
export function recordJson(record: unknown): string | undefined {
  const stripped = strip(record, MAX_JSON_DEPTH);
  return stripped === TOO_DEEP ? undefined : JSON.stringify(stripped);
}

const TOO_DEEP = Symbol('too deep');

/** `node` itself where there is nothing to strip or to sort, else a copy of what leads to it. */
function strip(node: unknown, depthLeft: number): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (depthLeft === 0) return TOO_DEEP;
  return Array.isArray(node) ? stripArray(node, depthLeft) : stripObject(node as JsonObject, depthLeft);
}

function stripArray(node: readonly unknown[], depthLeft: number): unknown {
  let copy: unknown[] | undefined;
  for (let i = 0; i < node.length; i++) {
    const child = node[i];
    const stripped = strip(child, depthLeft - 1);
    if (stripped === child) continue;
    if (stripped === TOO_DEEP) return TOO_DEEP;
    copy ??= [...node];
    copy[i] = stripped;
  }
  return copy ?? node;
}

function stripObject(node: JsonObject, depthLeft: number): unknown {
  // JSON.stringify leaves out what is undefined.
  let copy: Record<string, unknown> | undefined = isStrongRef(node) ? { ...node, cid: undefined } : undefined;
  let previous = '';
  let isSorted = true;
  for (const key in node) {
    if (key < previous) isSorted = false;
    previous = key;
    const child = node[key];
    if (typeof child !== 'object' || child === null) continue;
    const stripped = strip(child, depthLeft - 1);
    if (stripped === child) continue;
    if (stripped === TOO_DEEP) return TOO_DEEP;
    copy ??= { ...node };
    copy[key] = stripped; // an own `__proto__` was copied as an own property, so this sets that
  }
  return isSorted ? (copy ?? node) : sorted(copy ?? node);
}

/** JavaScript itself puts keys that are whole numbers first. */
function sorted(node: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(node).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isStrongRef(node: JsonObject): boolean {
  return typeof node.cid === 'string' && typeof node.uri === 'string' && node.uri.startsWith('at://');
}
