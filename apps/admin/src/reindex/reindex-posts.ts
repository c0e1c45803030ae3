import { postJson, readPost } from '@updraft/atproto';
import { postRow } from '@updraft/ingest';
import {
  type BatchWriter,
  type ClickHouse,
  createBlock,
  type ErasedAccounts,
  type PostKey,
  postRows,
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
 * counts.
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
      const { last, read, written } = await reindexStretch(deps, hour, place);
      isWhole = read < deps.stretchPosts;
      if (last === undefined) break;
      const { did, rkey } = last;
      place = { ...place, did, rkey, read: place.read + read, written: place.written + written };
      yield place;
    }
  }
}

/** What is encoded before it is written: a record may be megabytes. */
const BLOCK_BYTES = 16_777_216;
const NEVER = new AbortController().signal;

interface Stretch {
  readonly read: number;
  readonly written: number;
  /** undefined when no post follows. */
  readonly last: PostKey | undefined;
}

/** The next posts of the hour behind this one. */
async function reindexStretch(deps: ReindexDeps, hour: number, after: PostKey): Promise<Stretch> {
  const { clickhouse, writer, erased, stretchPosts } = deps;
  const block = createBlock(postRows);
  let [read, written] = [0, 0];
  let last: PostKey | undefined;
  const write = async (): Promise<void> => {
    if (block.rows > 0) await writer.write([block], NEVER);
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
    if (block.byteLength >= BLOCK_BYTES) await write();
  }
  await write();
  return { read, written, last };
}
