import { readPost, versionToBigInt } from '@updraft/atproto';
import { postRow } from '@updraft/indexer';
import {
  type BatchWriter,
  type ClickHouse,
  createBlock,
  type ErasedAccounts,
  type PostKey,
  posts,
  type StoredPost,
  storedPostRecords,
  storedPosts,
} from '@updraft/store';
import type { ReindexPlace } from './reindex-place.ts';

export interface ReindexDeps {
  readonly clickhouse: ClickHouse;
  readonly writer: BatchWriter;
  readonly erased: ErasedAccounts;
  /** Posts that are read at once. */
  readonly stretchPosts: number;
}

/** An hour that has posts. */
export interface PostHour {
  readonly recordHour: number;
}

/**
 * Reads the records of posts again, hour by hour in the order given, and writes their rows anew; tells after each stretch how far it is.
 * A row keeps its version, so a later change or deletion wins whenever it comes, and among rows of one version the last written
 * counts. A post whose record has another version is being written by the indexer at this moment, and is left to it.
 */
export async function* reindexHours(
  deps: ReindexDeps,
  hours: readonly PostHour[],
  start: ReindexPlace,
): AsyncGenerator<ReindexPlace> {
  let place = start;
  for (const { recordHour: hour } of hours) {
    if (hour > start.hour) continue;
    if (hour !== place.hour) place = { ...place, hour, did: '', rkey: '' };
    for (let isWhole = false; !isWhole; ) {
      const stretch = await storedPosts(deps.clickhouse, hour, place, deps.stretchPosts);
      isWhole = stretch.length < deps.stretchPosts;
      const last = stretch.at(-1);
      if (last === undefined) break;
      const written = await reindexStretch(deps, stretch);
      const { read, written: before } = place;
      place = { ...place, did: last.did, rkey: last.rkey, read: read + stretch.length, written: before + written };
      yield place;
    }
  }
}

/** What is encoded before it is written: a record may be megabytes. */
const BLOCK_BYTES = 16_777_216;
const NEVER = new AbortController().signal;

async function reindexStretch(
  { clickhouse, writer, erased }: ReindexDeps,
  stretch: readonly StoredPost[],
): Promise<number> {
  const byKey = new Map(stretch.map((post) => [keyOf(post), post]));
  const block = createBlock(posts);
  let written = 0;
  const write = async (): Promise<void> => {
    if (block.rows > 0) await writer.write([block], NEVER);
    written += block.rows;
    block.clear();
  };
  await erased.refresh();
  for await (const record of storedPostRecords(clickhouse, stretch)) {
    const post = byKey.get(keyOf(record));
    if (post === undefined || erased.has(post.did)) continue;
    if (versionToBigInt(post.version) !== versionToBigInt(record.version)) continue;
    block.append(postRow(readPost(JSON.parse(record.recordJson)), post));
    if (block.byteLength >= BLOCK_BYTES) await write();
  }
  await write();
  return written;
}

function keyOf({ did, rkey }: PostKey): string {
  return `${did}/${rkey}`;
}
