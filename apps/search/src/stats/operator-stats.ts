import {
  type ClickHouse,
  type CollectionStats,
  type GapState,
  readCollectionStats,
  readIngestStats,
} from '@updraft/store';
import { z } from 'zod';
import { dayOf } from '../days.ts';

const DAYS = 30;
const COLLECTIONS_PER_DAY = 50;
const time = z.iso.datetime();

/** The answer of GET /stats/collections: operations by day, the busiest collections first. */
export const collectionReport = z.object({
  updated_at: time,
  days: z.array(
    z.object({
      date: z.iso.date(),
      collections: z.array(z.object({ collection: z.string(), creates: z.int(), updates: z.int(), deletes: z.int() })),
    }),
  ),
});

export async function readCollectionReport(
  clickhouse: ClickHouse,
  nowMs: number,
): Promise<z.output<typeof collectionReport>> {
  const rows = await readCollectionStats(clickhouse, dayOf(nowMs) - DAYS, COLLECTIONS_PER_DAY);
  const days = Map.groupBy(rows, ({ date }) => date);
  return {
    updated_at: new Date(nowMs).toISOString(),
    days: [...days].map(([date, collections]) => ({ date, collections: collections.map(withoutDate) })),
  };
}

function withoutDate({ collection, creates, updates, deletes }: CollectionStats): Omit<CollectionStats, 'date'> {
  return { collection, creates, updates, deletes };
}

/** The answer of GET /stats/ingest: how far the index is behind the network, and what it could not index. */
export const ingestReport = z.object({
  updated_at: time,
  streams: z.array(z.object({ stream: z.string(), last_event_at: time, lag_seconds: z.number(), saved_at: time })),
  events_per_second: z.number(),
  num_events_last_hour: z.int(),
  num_events_this_hour: z.int(),
  num_gaps: z.int(),
  num_open_gaps: z.int(),
  gaps: z.array(
    z.object({
      host: z.string(),
      kind: z.string(),
      from: time,
      to: time,
      detail: z.string(),
      is_open: z.boolean(),
      /** Where the stretch was read again, and when; null while it was not. */
      healed_from: z.string().nullable(),
      healed_at: time.nullable(),
    }),
  ),
  num_rejected: z.int(),
  rejected: z.array(z.object({ reason: z.string(), num_events: z.int() })),
});

export async function readIngestReport(clickhouse: ClickHouse, nowMs: number): Promise<z.output<typeof ingestReport>> {
  const { streams, lastHourOps, thisHourOps, numGaps, numOpenGaps, gaps, rejected } = await readIngestStats(
    clickhouse,
    nowMs,
  );
  return {
    updated_at: new Date(nowMs).toISOString(),
    streams: streams.map(({ stream, lastEventMs, savedAtMs }) => ({
      stream,
      last_event_at: new Date(lastEventMs).toISOString(),
      lag_seconds: Math.max(0, Math.round(nowMs - lastEventMs) / 1000),
      saved_at: new Date(savedAtMs).toISOString(),
    })),
    events_per_second: Math.round((lastHourOps / 3600) * 100) / 100,
    num_events_last_hour: lastHourOps,
    num_events_this_hour: thisHourOps,
    num_gaps: numGaps,
    num_open_gaps: numOpenGaps,
    gaps: gaps.map(gapView),
    num_rejected: rejected.reduce((sum, { numEvents }) => sum + numEvents, 0),
    rejected: rejected.map(({ reason, numEvents }) => ({ reason, num_events: numEvents })),
  };
}

function gapView(gap: GapState): z.output<typeof ingestReport>['gaps'][number] {
  const { host, kind, fromTime, toTime, detail, isOpen, source, healedAt } = gap;
  const [from = '', to = ''] = [fromTime, toTime].map((micros) => new Date(micros / 1000).toISOString());
  const healed = healedAt === 0 ? undefined : { source, at: new Date(healedAt).toISOString() };
  return {
    host,
    kind,
    from,
    to,
    detail,
    is_open: isOpen,
    healed_from: healed?.source ?? null,
    healed_at: healed?.at ?? null,
  };
}
