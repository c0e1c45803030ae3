import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createArchiveClient,
  createDecoder,
  createRemoteArchive,
  readArchive,
  SegmentCorruptError,
} from '@updraft/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGroundTruth, type GroundTruth } from '../../truth/truth.ts';
import { eventLine } from '../../world/event.ts';
import type { JetstreamServer } from '../server.ts';
import { connectClient } from '../test-client.ts';
import { V2_PATH } from '../v2/protocol.ts';
import { appendWorld, startWorldHost, worldEvents } from '../v2/world-host.fixture.ts';
import type { ArchiveFault } from './archive-faults.ts';
import { isShownByV2 } from './row-of-line.ts';

const WORLD = { hostile: 0.4, divergence: 1 };
const decoder = createDecoder(1);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-backfill-'));
});
afterAll(async () => {
  await decoder.stop();
  await rm(folder, { recursive: true });
});

const FAULTS: ArchiveFault[] = [
  { method: 'planSnapshot', kind: 'status', status: 503 },
  { method: 'getSegment', kind: 'cut', afterBytes: 9_000 },
  { method: 'getSegment', kind: 'rewrite' },
  { method: 'getSegment', kind: 'flip', atByte: 120 },
  { method: 'getSegment', kind: 'status', status: 429, retryAfterSeconds: 0 },
];

test('a reader of the archive that goes live at its end has the world’s state, whatever fails on the way', async () => {
  const server = await startWorldHost(5_000, { v2: { apiKey: 'sesame', planEntries: 3 } }, WORLD);
  const truth = createGroundTruth();
  for (const fault of FAULTS) server.archive?.faults.inject(fault);
  const tip = await readPast(server, truth);
  expect(tip).toBe(server.archive?.tipSeq());
  expect(server.archive?.faults.left()).toBe(0);
  appendWorld(server, 6_000, WORLD, 5_000);
  await readLive(server, tip, truth);
  const expected = createGroundTruth();
  for (const [i, event] of worldEvents(6_000, WORLD).entries())
    if (isShownByV2(event)) expected.add(eventLine(event), event.nth, i + 1);
  expect(stateOf(truth)).toEqual(stateOf(expected));
  expect(truth.rejected.size).toBe(0);
  await server.close();
});

/** Adds what is sealed, and returns the last seq. A block that came with a wrong bit is read again. */
async function readPast(server: JetstreamServer, truth: GroundTruth): Promise<number> {
  const retry = { minWaitMs: 1, tries: 20 };
  const client = createArchiveClient({ address: server.v2Url, apiKey: 'sesame', retry, timeoutMs: 10_000 });
  const archive = createRemoteArchive({ client, folder, retry });
  const { signal } = new AbortController();
  let last = 0;
  const read = async () => {
    for await (const { lines } of readArchive({ archive, decoder, afterSeq: last }, signal))
      for (const line of lines) {
        const { cursor } = JSON.parse(line) as { cursor: number };
        expect(cursor).toBeGreaterThan(last);
        last = cursor;
        truth.add(line, 0, cursor);
      }
  };
  await read().catch((error: unknown) => {
    if (error instanceof SegmentCorruptError) return read();
    throw error;
  });
  return last;
}

/** Adds what comes after a seq. */
async function readLive(server: JetstreamServer, after: number, truth: GroundTruth): Promise<void> {
  const client = await connectClient(`${server.v2Url}${V2_PATH}`, { cursor: String(after + 1) });
  const end = server.log.nextSeq - 1;
  for (let count = 1, seq = 0; seq < end; count++) {
    const [text = ''] = (await client.received(count)).slice(-1);
    const { payload } = JSON.parse(text) as { payload: { $type: string; seq: number; did: string; time: string } };
    const kind = payload.$type.split('#')[1] ?? '';
    seq = payload.seq;
    const line = { did: payload.did, time_us: Date.parse(payload.time) * 1_000, kind, [kind]: payload };
    truth.add(JSON.stringify(kind === 'commit' ? line : { ...line, ...payload }), 0, seq);
  }
  client.close();
}

/** All records with what shows of them, and all accounts. */
function stateOf(truth: GroundTruth) {
  const records = [...truth.records].map(([uri, record]) => {
    const { operation } = record.commit;
    // DAG-CBOR has one zero, JSON two.
    const content: unknown = JSON.parse(JSON.stringify(record.commit.record ?? null));
    return [uri, { isLive: operation !== 'delete', content, shows: truth.shows(record) }] as const;
  });
  return { records: new Map(records), statuses: truth.statuses, deletions: truth.deletions, handles: truth.handles };
}
