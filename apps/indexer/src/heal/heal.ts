/*
 * heal: brings what the stream did not, beside it and after it.
 * In: open gaps, and accounts that got a label. Out: their events in the tables, and a row that says so.
 * Keeps: the live stream goes first; one gap and one account at a time; what fails is tried again later, across restarts.
 */

import { sleep } from '@updraft/service';
import type { WritableBlock } from '@updraft/store';
import type { BatchQueue } from '../batch/batch-queue.ts';
import type { IndexerConfig } from '../config.ts';
import { type FillDeps, fillMembers } from './fill-members.ts';
import { type HealGapsDeps, healGaps } from './heal-gaps.ts';

export interface HealDeps extends Omit<HealGapsDeps & FillDeps, 'write' | 'ready' | 'config'> {
  readonly config: Pick<IndexerConfig, 'hosts' | 'archive' | 'accounts' | 'limits' | 'redis'>;
  readonly writer: { write(blocks: readonly WritableBlock[], signal: AbortSignal): Promise<void> };
  readonly queue: Pick<BatchQueue, 'byteLength'>;
}

/** Of the bytes that may wait for ClickHouse: with more than this share of them waiting, the live stream is behind. */
const BEHIND_SHARE = 0.25;
const LOOK_EVERY_MS = 100;

/** Runs until the signal aborts. Never rejects. */
export async function heal(deps: HealDeps, signal: AbortSignal): Promise<void> {
  const { config, queue, writer } = deps;
  const ready = whenCalm(queue, config.limits);
  const write = (blocks: readonly WritableBlock[]): Promise<void> => writer.write(blocks, signal);
  const parts = { ...deps, ready, write };
  await Promise.all([healGaps(parts, signal), config.accounts.ask ? fillMembers(parts, signal) : undefined]);
}

/** Gives a function that resolves as soon as the live stream is not behind; it rejects with the signal's reason. */
export function whenCalm(
  queue: Pick<BatchQueue, 'byteLength'>,
  { queueMaxBytes }: Pick<IndexerConfig['limits'], 'queueMaxBytes'>,
): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    while (queue.byteLength() > queueMaxBytes * BEHIND_SHARE) await sleep(LOOK_EVERY_MS, signal);
  };
}
