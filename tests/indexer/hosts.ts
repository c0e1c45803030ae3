import { createEventCounts, createStreamPosition, type Ended, type EventSink, type Rewind } from '@updraft/indexer';
import type { StreamEvent } from '@updraft/jetstream';
import {
  createWorld,
  type JetstreamServer,
  type JetstreamOptions as JetstreamServerOptions,
  startJetstream,
  type WorldEvent,
} from '@updraft/simulator';
import type { IngestGapRow } from '@updraft/store';
import { until } from '../until.ts';
import { useCleanups } from './fixtures.ts';
import { sourceOf } from './source.ts';

export const LIKE = 'app.bsky.feed.like';
const HUGE_BYTES = 33 * 1024 * 1024;

const cleanups = useCleanups();

export async function startHost(options: JetstreamServerOptions = {}): Promise<JetstreamServer> {
  // Where the host and its reader share a process that gets no time, neither is slow.
  const server = await startJetstream({ slowReaderMs: 60_000, ...options });
  cleanups.push(() => server.close());
  return server;
}

/** The events of a small world, in order: a day that ends now. */
export function worldOf(events: number): WorldEvent[] {
  const world = createWorld({ seed: 1, accounts: 200, nowMicros: Date.now() * 1000, eventsPerDay: events });
  return world.events().take(events).toArray();
}

export function sendTo(hosts: readonly JetstreamServer[], events: readonly WorldEvent[]): void {
  for (const event of events) for (const host of hosts) host.append(event);
  for (const host of hosts) host.settle();
}

/** Sends at the pace of a live stream: over many of the watch's looks. */
export async function sendSlowly(hosts: readonly JetstreamServer[], events: readonly WorldEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += 200) {
    sendTo(hosts, events.slice(at, at + 200));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Appends a record of a size that no connection takes. */
export function appendHuge(host: JetstreamServer): void {
  const timeUs = Date.now() * 1000;
  const record = { text: 'x'.repeat(HUGE_BYTES) };
  const commit = { rev: '3kkkkkkkkkk22', operation: 'create', collection: 'a.b.c', rkey: 'huge', record, cid: 'x' };
  const event = { did: 'did:plc:huge', time_us: timeUs, cursor: host.log.nextSeq, kind: 'commit', commit };
  host.log.append({ line: JSON.stringify(event), timeUs });
}

export interface Reading {
  readonly events: StreamEvent[];
  readonly gaps: IngestGapRow[];
  readonly ends: { readonly host: string; readonly end: Ended; readonly retryInMs: number }[];
  readonly blind: { readonly host: string; readonly collection: string; readonly witness: string | undefined }[];
  readonly position: ReturnType<typeof createStreamPosition>;
  readonly until: typeof until;
}

/** Reads as the indexer does, into arrays. `rewind`: how far each resume goes back, whatever ended the connection before. */
export function read(
  hosts: readonly JetstreamServer[],
  { rewind, ...options }: Partial<Parameters<typeof sourceOf>[0]> & { readonly rewind?: Rewind } = {},
): Reading {
  const events: StreamEvent[] = [];
  const gaps: IngestGapRow[] = [];
  const ends: Reading['ends'] = [];
  const blind: Reading['blind'] = [];
  const position = createStreamPosition({ saved: undefined, startMicros: 1e15, now: () => new Date() });
  const eventCounts = createEventCounts();
  const stop = new AbortController();
  const source = sourceOf({
    hosts: hosts.map(({ url }) => url),
    position: {
      ...position,
      resumePoint: (host, now, resume) => position.resumePoint(host, now, rewind ? { ...resume, rewind } : resume),
    },
    eventCounts,
    ...options,
    events: {
      ended: (host, end, retryInMs) => void ends.push({ host, end, retryInMs }),
      leftOut: (row) => void gaps.push(row),
      wentBack: (row) => void gaps.push(row),
      blind: (row, host, { collection, witness }) => {
        gaps.push(row);
        blind.push({ host, collection, witness });
      },
      ...options.events,
    },
  });
  const event = (next: StreamEvent): void => {
    events.push(next);
    eventCounts.add(next);
    const gap = position.observe(next);
    if (gap !== undefined) gaps.push(gap);
  };
  const sink: EventSink = { event, rejected: () => {}, isFull: () => false, waitForRoom: async () => {} };
  const running = source.run(sink, stop.signal);
  cleanups.push(async () => {
    stop.abort();
    await running;
  });
  return { events, gaps, ends, blind, position, until };
}

/** The events, without what a host adds to them. */
export const keysOf = (events: readonly StreamEvent[]) =>
  new Set(events.map((event) => JSON.stringify({ ...event, timeUs: 0, cursor: 0 })));
/** The events that a host without faults sends. */
export async function keysOfAll(world: readonly WorldEvent[], protocol: 'v1' | 'v2' = 'v1'): Promise<Set<string>> {
  const host = await startHost({ v2: {} });
  sendTo([host], world);
  const whole = read([], { hosts: [protocol === 'v1' ? host.url : host.v2Url] });
  await whole.until(() => whole.events.at(-1)?.cursor === host.log.nextSeq - 1);
  return keysOf(whole.events);
}

/** How many tries followed another without a wait. */
export const atOnce = ({ ends }: Reading) => ends.filter(({ retryInMs }) => retryInMs === 0).length;
