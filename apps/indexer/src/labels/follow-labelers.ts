/*
 * labels: what labelers say of accounts and records, beside the stream.
 * In: the DIDs of LABELERS. Out: rows of `labels`, and a word to the feed generators when labels changed.
 * Keeps: a label counts only when its labeler signed it; the place in a labeler's stream is saved after its labels are stored; to read a
 * stretch again changes nothing; the live stream goes first.
 */

import { publishNews } from '@updraft/feeds';
import { createDidResolver, createSafeFetch } from '@updraft/identity';
import { backoff, type Logger, pause } from '@updraft/service';
import type { ClickHouse, ErasedAccounts, Redis, WritableBlock } from '@updraft/store';
import type { IndexerConfig } from '../config.ts';
import { createLabelNews, type LabelNews } from './label-news.ts';
import type { LabelerReports } from './labeler-reports.ts';
import { dropOtherLabelers, openPlace, type PlaceKeeper } from './place-keeper.ts';
import { type ConnectionEnd, type ReadDeps, readLabeler } from './read-labeler.ts';

export interface FollowDeps {
  readonly config: Pick<IndexerConfig, 'labelers' | 'accounts' | 'redis'>;
  readonly clickhouse: ClickHouse;
  readonly redis: Redis;
  readonly writer: { write(blocks: readonly WritableBlock[], signal: AbortSignal): Promise<void> };
  readonly erased: Pick<ErasedAccounts, 'has'>;
  ready(signal: AbortSignal): Promise<void>;
  readonly reports: LabelerReports;
  readonly log: Logger;
}

const RECONNECT = { minMs: 250, maxMs: 60_000 };
/** A labeler that has just started may not yet know its own last label: it must say so often that a cursor is in the future. */
const FUTURE_CURSORS = 3;

/** Follows each labeler until the signal aborts. Never rejects. */
export async function followLabelers(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  const { labelers } = deps.config;
  await Promise.all([
    untilDone(deps, signal, () => dropOthers(deps)),
    ...labelers.map((did) => followLabeler(did, deps, signal)),
  ]);
}

async function dropOthers({ config, clickhouse, redis, log }: FollowDeps): Promise<void> {
  const dropped = await dropOtherLabelers(clickhouse, config.labelers);
  if (dropped.length === 0) return;
  log.warn({ labelers: dropped }, 'these are not among LABELERS any more: their labels are taken back');
  const news = newsOf({ config, redis, log });
  news.addAll();
  await news.tell();
}

async function followLabeler(did: string, deps: FollowDeps, signal: AbortSignal): Promise<void> {
  const report = deps.reports.of(did);
  const delays = backoff(RECONNECT);
  let place: PlaceKeeper | undefined;
  let futures = 0;
  while (!signal.aborted) {
    try {
      place ??= await openPlace(deps.clickhouse, did, signal);
      const end = await readLabeler(did, { ...readDeps(deps, signal), report, place }, signal);
      if (signal.aborted) return;
      report.ended(end.reason, end.detail);
      // One that counts anew at each connection, as two servers behind one name may, is not read whole again and again without a pause.
      if (end.hadLabels && end.reason !== 'renumbered') delays.reset();
      futures = end.reason === 'FutureCursor' ? futures + 1 : 0;
      if (await startAnew(end, futures, place)) futures = 0;
    } catch (error) {
      if (signal.aborted) return;
      report.ended('failed', error instanceof Error ? error.message : String(error));
    }
    await pause(delays.next(), signal);
  }
}

/** Reads the labeler from its beginning when its numbers mean other labels than before. */
async function startAnew({ reason }: ConnectionEnd, futures: number, place: PlaceKeeper): Promise<boolean> {
  if (reason !== 'renumbered' && futures < FUTURE_CURSORS) return false;
  await place.renumber();
  return true;
}

function readDeps(deps: FollowDeps, signal: AbortSignal): Omit<ReadDeps, 'report' | 'place'> {
  const { config, writer, erased, ready } = deps;
  const { plcHost, allowPrivateAddresses } = config.accounts;
  const safeFetch = createSafeFetch({ allowPrivateAddresses });
  return {
    resolver: createDidResolver({ plcHost, safeFetch, allowLocalhost: allowPrivateAddresses }),
    allowPrivateAddresses,
    write: (blocks) => writer.write(blocks, signal),
    erased,
    ready,
    news: newsOf(deps),
  };
}

function newsOf({ config, redis, log }: Pick<FollowDeps, 'config' | 'redis' | 'log'>): LabelNews {
  return createLabelNews({
    publish: (news) => publishNews(redis, config.redis.prefix, news),
    onError: (err) => log.warn({ err }, 'the feed generators could not be told of labels; their next builds have them'),
    now: Date.now,
  });
}

async function untilDone(deps: FollowDeps, signal: AbortSignal, task: () => Promise<void>): Promise<void> {
  const delays = backoff(RECONNECT);
  while (!signal.aborted) {
    try {
      return await task();
    } catch (err) {
      if (!signal.aborted) deps.log.warn({ err }, 'labels of former labelers could not be taken back; trying again');
    }
    await pause(delays.next(), signal);
  }
}
