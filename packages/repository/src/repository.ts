import { closeSync, openSync } from 'node:fs';
import { CidLinkWrapper, encode } from '@atcute/cbor';
import { isNsid, isRkey } from '@updraft/atproto';
import { type BlockIndex, indexBlocks } from './block-index.ts';
import { carRoot } from './car-blocks.ts';
import { RepositoryError } from './repository-error.ts';
import { decodeBlock, type PathRange, recordRange, treeEntries } from './tree.ts';

/** A record as a repository holds it. */
export interface RepositoryRecord {
  readonly uri: string;
  readonly cid: string;
  readonly collection: string;
  readonly rkey: string;
  /** The decoded record, links and bytes in the form of their JSON; undefined when its block is not DAG-CBOR. */
  readonly value: unknown;
}

/** A record as the blocks have it. */
export interface RepositoryPayload {
  readonly collection: string;
  readonly rkey: string;
  /** DAG-CBOR, if the account's server kept to the rules; in memory that the next one overwrites. */
  readonly payload: Uint8Array;
}

/** What the account signed. Opening a repository does not check the signature: the caller does, with the account's key. */
export interface Commit {
  /** A TID. */
  readonly rev: string;
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** An account's repository in a CAR file, known to be whole, with blocks that match their CIDs. */
export interface Repository {
  readonly did: string;
  readonly commit: Commit;
  /** In the order of their paths, `collection/rkey`. */
  records(range?: PathRange): Generator<RepositoryRecord>;
  /** All of them, not decoded. */
  payloads(): Generator<RepositoryPayload>;
  /** Whether there is a record at this path. */
  has(path: string): boolean;
  close(): void;
}

export interface RepositoryOptions {
  readonly carPath: string;
  /** For the index of the blocks; the file must not exist. */
  readonly indexPath: string;
  readonly did: string;
}

/** Opens a repository. @throws RepositoryError with what is wrong with it */
export function openRepository({ carPath, indexPath, did }: RepositoryOptions): Repository {
  using opened = new DisposableStack();
  const fd = opened.adopt(openSync(carPath, 'r'), closeSync);
  const blocks = opened.adopt(indexBlocks(fd, indexPath), (index) => index.close());
  const { commit, data } = readCommit(decodeBlock(carRoot(fd), blocks.get), did);
  for (const { cid } of treeEntries(data, blocks.get)) {
    if (!blocks.has(cid)) throw new RepositoryError('the repository is incomplete: a record is missing');
  }
  const kept = opened.move();
  return {
    did,
    commit,
    records: (range) => readRecords(did, data, blocks, range),
    payloads: () => readPayloads(data, blocks),
    has: (path) => treeEntries(data, blocks.get, recordRange(path)).next().done !== true,
    close: () => kept.dispose(),
  };
}

function* readRecords(
  did: string,
  data: Uint8Array,
  blocks: BlockIndex,
  range: PathRange | undefined,
): Generator<RepositoryRecord> {
  for (const { path, cid } of treeEntries(data, blocks.get, range)) {
    const { collection, rkey } = readPath(path);
    const value = readValue(cid, blocks.getShortly);
    yield { uri: `at://${did}/${path}`, cid: new CidLinkWrapper(cid).$link, collection, rkey, value };
  }
}

function* readPayloads(data: Uint8Array, blocks: BlockIndex): Generator<RepositoryPayload> {
  for (const { path, cid } of treeEntries(data, blocks.get)) {
    const payload = blocks.getShortly(cid);
    if (payload === undefined) throw new RepositoryError('the repository is incomplete: a record is missing');
    yield { ...readPath(path), payload };
  }
}

function readPath(path: string): { readonly collection: string; readonly rkey: string } {
  const slash = path.indexOf('/');
  const [collection, rkey] = [path.slice(0, slash), path.slice(slash + 1)];
  if (!isNsid(collection) || !isRkey(rkey)) throw new RepositoryError('a key of the tree is not a record key');
  return { collection, rkey };
}

/** The owner gets all other records though one can't be read. */
function readValue(cid: Uint8Array, getBlock: (cid: Uint8Array) => Uint8Array | undefined): unknown {
  try {
    return decodeBlock(cid, getBlock);
  } catch (error) {
    if (error instanceof RepositoryError) return undefined;
    throw error;
  }
}

/** Source: https://atproto.com/specs/repository#commit-objects */
function readCommit(object: Readonly<Record<string, unknown>>, did: string): { commit: Commit; data: Uint8Array } {
  const { sig, ...unsigned } = object;
  const { rev } = unsigned;
  const data = bytesOf(unsigned['data'], 'bytes');
  const signature = bytesOf(sig, 'buf');
  if (unsigned['version'] !== 3 || typeof rev !== 'string' || data === undefined || signature === undefined) {
    throw new RepositoryError('the commit of the repository is malformed');
  }
  if (unsigned['did'] !== did) throw new RepositoryError('the repository is of another account');
  return { commit: { rev, signedBytes: encode(unsigned), signature: Uint8Array.from(signature) }, data };
}

function bytesOf(wrapper: unknown, field: 'bytes' | 'buf'): Uint8Array | undefined {
  const bytes: unknown = typeof wrapper === 'object' && wrapper !== null ? Reflect.get(wrapper, field) : undefined;
  return bytes instanceof Uint8Array ? bytes : undefined;
}
