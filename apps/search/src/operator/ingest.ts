import type { IngestState } from '@updraft/console-api/views';
import { parseJson } from '@updraft/service';
import {
  type Announcement,
  countGaps,
  type GapState,
  type JobState,
  readAnnouncements,
  readGaps,
  readNamedJobs,
  readStreamStates,
  type StreamState,
} from '@updraft/store';
import { z } from 'zod';
import { isoTime, type OperatorDeps } from './operator-deps.ts';
import { createShared } from './shared.ts';

const MAX_GAPS = 100;

/** Which hosts are read, and the gaps with their healing, from what the indexers say and wrote. */
export function createIngestState({ clickhouse, redis, prefix, ttlMs }: OperatorDeps): () => Promise<IngestState> {
  return createShared(ttlMs, async (nowMs) => {
    const [announced, streams, counts, gaps] = await Promise.all([
      readAnnouncements(redis, prefix, nowMs),
      readStreamStates(clickhouse),
      countGaps(clickhouse),
      readGaps(clickhouse, MAX_GAPS),
    ]);
    const open = gaps.filter(({ isOpen }) => isOpen);
    const jobs =
      open.length === 0
        ? []
        : await readNamedJobs(
            clickhouse,
            open.map(({ gapId }) => `gap:${gapId}`),
          );
    const readings = new Map(jobs.map((job) => [job.name, job]));
    return {
      updatedAt: isoTime(nowMs),
      hosts: hostsOf(announced, streams),
      streams: streams.map(streamView),
      ...counts,
      gaps: gaps.map((gap) => gapView(gap, readings.get(`gap:${gap.gapId}`), nowMs)),
    };
  });
}

/** Those that the running indexers may read, in their order; then those that were read last and are not among them. */
export function hostsOf(
  announced: readonly Announcement[],
  streams: readonly Pick<StreamState, 'host'>[],
): IngestState['hosts'] {
  const hosts = new Map<string, IngestState['hosts'][number]>();
  const indexers = announced.filter(({ name }) => name === 'indexer');
  for (const { facts, instance } of indexers) {
    const { host, hosts: all = '' } = facts;
    for (const each of String(all)
      .split(',')
      .map((text) => text.trim())) {
      if (each === '') continue;
      const isConnected = each === host;
      const detail = isConnected ? `read by ${instance}` : 'in reserve';
      if (isConnected || !hosts.has(each)) hosts.set(each, { host: each, isConnected, detail });
    }
  }
  for (const { host } of streams)
    if (host !== '' && !hosts.has(host)) hosts.set(host, { host, isConnected: false, detail: 'was read last' });
  return [...hosts.values()];
}

function streamView({ stream, host, lastSeq, savedAt }: StreamState): IngestState['streams'][number] {
  const saved = savedAt > 0 ? { savedAt: isoTime(savedAt) } : {};
  return { stream, host, lastEventAt: isoTime(lastSeq / 1000), ...saved };
}

/** Its progress is saved every two seconds while a gap is read. */
const HEALING_FOR_MS = 60_000;
const reading = z.object({ source: z.string(), events: z.int().nonnegative() });

function gapView(gap: GapState, job: JobState | undefined, nowMs: number): IngestState['gaps'][number] {
  const { gapId: id, host, fromTime, toTime, kind, detail, isOpen, source, numEvents, healedAt } = gap;
  const shown = { id, host, from: isoTime(fromTime / 1000), to: isoTime(toTime / 1000), reason: detail || kind };
  if (!isOpen) return { ...shown, state: 'healed', healedAt: isoTime(healedAt), healedFrom: source, numEvents };
  const { data } = reading.safeParse(parseJson(job?.progressJson ?? ''));
  if (job === undefined || data === undefined) return { ...shown, state: 'open' };
  const state = nowMs - job.version / 1000 < HEALING_FOR_MS ? 'healing' : 'open';
  return { ...shown, state, healedFrom: data.source, numEvents: data.events };
}
