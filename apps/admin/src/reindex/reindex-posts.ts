import { postJson, readPost } from '@updraft/atproto';
import { postRow } from '@updraft/ingest';
import { type ClickHouse, createBlock, type ErasedAccounts, type PostKey, postRows, storedPosts } from '@updraft/store';
import type { WriteBlocks } from '../open-writer.ts';
import type { ReindexProgress } from './reindex-progress.ts';

export interface ReindexDeps {
  readonly clickhouse: ClickHouse;
  readonly write: WriteBlocks;
  readonly erased: ErasedAccounts;
  /** Posts that are read between two saves of the progress. */
  readonly stretchPosts: number;
}

/** An hour that has posts. */
export interface PostHour {
  readonly recordHour: number;
}

/**
 * Reads the records of posts again, hour by hour in the given order, and writes their rows anew. Yields its progress after each stretch.
 * A row keeps its version: a later change or deletion wins whenever it comes, and among rows of one version the last written counts.
 */
export async function* reindexHours(
  deps: ReindexDeps,
  hours: readonly PostHour[],
  start: ReindexProgress,
): AsyncGenerator<ReindexProgress> {
  let progress = start;
  for (const { recordHour: hour } of hours) {
    if (hour > start.hour) continue;
    if (hour !== progress.hour) progress = { ...progress, hour, did: '', rkey: '' };
    for (let isWhole = false; !isWhole; ) {
      const { last, read, written } = await reindexStretch(deps, hour, progress);
      isWhole = read < deps.stretchPosts;
      if (last === undefined) break;
      const { did, rkey } = last;
      progress = { ...progress, did, rkey, read: progress.read + read, written: progress.written + written };
      yield progress;
    }
  }
}

/** A block is written at this size: a record may be megabytes. */
const BLOCK_BYTES = 16_777_216;

interface Stretch {
  readonly read: number;
  readonly written: number;
  /** Undefined when no post follows. */
  readonly last: PostKey | undefined;
}

/** The next posts of the hour after this one. */
async function reindexStretch(deps: ReindexDeps, hour: number, after: PostKey): Promise<Stretch> {
  const { clickhouse, write, erased, stretchPosts } = deps;
  const block = createBlock(postRows);
  let [read, written] = [0, 0];
  let last: PostKey | undefined;
  const writeBlock = async (): Promise<void> => {
    if (block.rows > 0) await write([block]);
    written += block.rows;
    block.clear();
  };
  await erased.refresh();
  for await (const stored of storedPosts(clickhouse, hour, after, stretchPosts)) {
    read += 1;
    last = stored;
    // An earlier version kept some without their record.
    if (stored.jsonRest === '' || erased.has(stored.did)) continue;
    const json = postJson(stored.jsonRest, stored);
    block.append(postRow(readPost(JSON.parse(json)), json, stored));
    if (block.byteLength >= BLOCK_BYTES) await writeBlock();
  }
  await writeBlock();
  return { read, written, last };
}
