import { decode } from '@atcute/cbor';
import { RepositoryError } from './repository-error.ts';

/** A record in the tree: its path, `collection/rkey`, and the CID of its content. */
export interface TreeEntry {
  readonly path: string;
  readonly cid: Uint8Array;
}

/** The entries whose paths lie in [from, to); the whole tree without bounds. */
export interface PathRange {
  readonly from: string;
  readonly to: string;
}

/** All paths of a collection: `0` is the character after `/`. */
export function collectionRange(collection: string): PathRange {
  return { from: `${collection}/`, to: `${collection}0` };
}

/** The one path. */
export function recordRange(path: string): PathRange {
  return { from: path, to: `${path}\0` };
}

type GetBlock = (cid: Uint8Array) => Uint8Array | undefined;

/**
 * The entries of a Merkle search tree in the order of their paths, with one branch of nodes in memory. Paths must rise
 * strictly; otherwise a small file could use a node many times and yield a huge tree. Throws a RepositoryError when a node is
 * missing or malformed. Source: https://atproto.com/specs/repository#mst-structure
 */
export function* treeEntries(root: Uint8Array, getBlock: GetBlock, range?: PathRange): Generator<TreeEntry> {
  const stack: Visit[] = [{ items: nodeItems(root, getBlock), next: 0 }];
  let last = '';
  for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
    const item = visit.items[visit.next++];
    if (item === undefined) stack.pop();
    else if (item.kind === 'subtree') {
      if (isOutside(item, range)) continue;
      if (stack.length > MAX_DEPTH) throw new RepositoryError('the tree of the repository is too deep');
      stack.push({ items: nodeItems(item.cid, getBlock), next: 0 });
    } else {
      if (range !== undefined && item.path >= range.to) return;
      if (item.path <= last) throw new RepositoryError('the tree of the repository is out of order');
      last = item.path;
      if (range === undefined || item.path >= range.from) yield { path: item.path, cid: item.cid };
    }
  }
}

/** A path's hash has at most 128 leading pairs of zero bits, one for each level. */
const MAX_DEPTH = 130;
const MAX_PATH_BYTES = 1024;

/** A node of the branch, and its next item. */
interface Visit {
  readonly items: readonly Item[];
  next: number;
}

type Item =
  | { readonly kind: 'entry'; readonly path: string; readonly cid: Uint8Array }
  /** `after` and `before` are its neighbours' paths in the node. */
  | { readonly kind: 'subtree'; readonly cid: Uint8Array; readonly after: string; readonly before: string | undefined };

function isOutside(subtree: Item & { kind: 'subtree' }, range: PathRange | undefined): boolean {
  if (range === undefined) return false;
  return subtree.after >= range.to || (subtree.before !== undefined && subtree.before <= range.from);
}

/** The items of a node in order: the subtree before its first entry, then each entry and the subtree after it. */
function nodeItems(cid: Uint8Array, getBlock: GetBlock): Item[] {
  const node = decodeBlock(cid, getBlock);
  if (!Array.isArray(node['e'])) throw new RepositoryError('a node of the tree is malformed');
  const items: Item[] = [];
  if (node['l'] !== null) items.push({ kind: 'subtree', cid: readLink(node['l']), after: '', before: undefined });
  let previous = Buffer.alloc(0);
  for (const entry of node['e'] as readonly unknown[]) {
    const { key, value, tree } = readEntry(entry, previous);
    previous = key;
    const path = key.toString('latin1');
    setBefore(items, path);
    items.push({ kind: 'entry', path, cid: value });
    if (tree !== undefined) items.push({ kind: 'subtree', cid: tree, after: path, before: undefined });
  }
  return items;
}

/** The entry after a subtree bounds it. */
function setBefore(items: Item[], path: string): void {
  const last = items.at(-1);
  if (last?.kind === 'subtree') items[items.length - 1] = { ...last, before: path };
}

/** A key is written as the number of bytes that it shares with the key before, and the rest. */
function readEntry(
  entry: unknown,
  previous: Buffer,
): { key: Buffer<ArrayBuffer>; value: Uint8Array; tree: Uint8Array | undefined } {
  if (!isObject(entry)) throw new RepositoryError('an entry of the tree is malformed');
  const { p: shared, k, v, t } = entry;
  const rest = isObject(k) && k['buf'] instanceof Uint8Array ? k['buf'] : undefined;
  if (rest === undefined || typeof shared !== 'number' || shared < 0 || shared > previous.length) {
    throw new RepositoryError('a key of the tree is malformed');
  }
  if (shared + rest.length > MAX_PATH_BYTES) throw new RepositoryError('a key of the tree is too long');
  const key = Buffer.concat([previous.subarray(0, shared), rest]);
  return { key, value: readLink(v), tree: t === null ? undefined : readLink(t) };
}

function readLink(link: unknown): Uint8Array {
  const cid = isObject(link) ? link['bytes'] : undefined;
  if (!(cid instanceof Uint8Array)) throw new RepositoryError('a link of the tree is malformed');
  return cid;
}

/** The decoded block, an object. @throws RepositoryError when it is missing or not an object */
export function decodeBlock(cid: Uint8Array, getBlock: GetBlock): Readonly<Record<string, unknown>> {
  const bytes = getBlock(cid);
  if (bytes === undefined) throw new RepositoryError('the repository is incomplete: a block is missing');
  let value: unknown;
  try {
    value = decode(bytes);
  } catch (cause) {
    throw new RepositoryError('a block of the repository is not DAG-CBOR', { cause });
  }
  if (!isObject(value)) throw new RepositoryError('a block of the repository is malformed');
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
