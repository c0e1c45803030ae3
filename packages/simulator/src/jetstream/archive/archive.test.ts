import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createFolderArchive,
  eventLine,
  parseV2Frame,
  payloadCid,
  ROW_KIND,
  type SegmentRow,
} from '@updraft/jetstream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createGroundTruth } from '../../truth/truth.ts';
import { bootstrap } from '../../world/bootstrap.ts';
import type { JetstreamServer } from '../server.ts';
import { connectClient } from '../test-client.ts';
import { V2_PATH } from '../v2/protocol.ts';
import { createHosts, startWorldHost, worldEvents } from '../v2/world-host.fixture.ts';
import { type Listed, list, rowsOf } from './archive-reader.fixture.ts';

let shared: JetstreamServer;
beforeAll(async () => {
  shared = await startWorldHost(4_000, {}, { hostile: 0.3 });
});
afterAll(() => shared.close());

const { hostOf, closeAll } = createHosts();
afterEach(closeAll);

describe('sealed segments', () => {
  test('hold what the live stream shows, event for event, and records whose CIDs it names', async () => {
    const client = await connectClient(`${shared.v2Url}${V2_PATH}`, { cursor: '0' });
    const rows = await rowsOf(shared);
    expect(rows.length).toBeGreaterThan(3_000);
    const frames = await client.received(rows.length);
    for (const [i, row] of rows.entries()) {
      const frame = parseV2Frame(frames[i] ?? '');
      if (frame.kind !== 'event') throw new Error(frames[i]);
      const { payload } = JSON.parse(frames[i] ?? '') as { payload: { cid?: string } };
      expect(parseV2Frame(frames[i] ?? '')).toEqual({ kind: 'event', event: readLine(row) });
      if (payload.cid !== undefined) expect(payloadCid(row.payload)).toBe(payload.cid);
    }
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(Object.values(ROW_KIND)));
    client.close();
  });

  test('are cut into blocks and segments of the host’s sizes, without a hole between them', async () => {
    const { segments } = await list(shared);
    expect(segments.map(({ eventCount }) => eventCount)).toEqual(segments.map(() => 512));
    for (const [i, { index, minSeq }] of segments.entries()) {
      expect(index).toBe(i);
      expect(minSeq).toBeGreaterThan(segments[i - 1]?.maxSeq ?? 0);
    }
    const [first] = shared.archive?.segments ?? [];
    expect(first?.segment.blocks.map(({ rowCount }) => rowCount)).toEqual(Array<number>(8).fill(64));
  });

  test('can be cut short on request', async () => {
    const server = await hostOf(100);
    expect((await list(server)).segments).toEqual([]);
    await server.archive?.seal();
    expect((await list(server)).segments[0]).toMatchObject({ minSeq: 1, maxSeq: 100, eventCount: 100 });
  });
});

test('a host that began with a bootstrap has its records as creates in its first segments, which v1 never shows', async () => {
  const [past, later] = [worldEvents(3_000), worldEvents(4_000).slice(3_000)];
  const found = bootstrap(past);
  const server = await hostOf(0);
  for (const event of [...found, ...later]) server.append(event);
  await server.archive?.seal();
  const rows = await rowsOf(server);
  expect(rows.length).toBe(found.length + later.length);
  const first = rows.slice(0, found.length);
  expect(new Set(first.map(({ kind, witnessedAt }) => `${kind} ${witnessedAt}`)).size).toBe(1);
  expect(first[0]?.kind).toBe(ROW_KIND.create);
  const v1 = await connectClient(server.url, { cursor: '0' });
  const [line = ''] = await v1.received(1);
  expect((JSON.parse(line) as { cursor: number }).cursor).toBeGreaterThan(found.length);
  v1.close();
});

test('segments can be written into a folder, where a reader of ours finds them', async () => {
  const server = await hostOf(1_500);
  const folder = await mkdtemp(join(tmpdir(), 'updraft-segments-'));
  await server.archive?.writeTo(folder);
  const names: string[] = [];
  for await (const { name } of createFolderArchive(folder).segments(new AbortController().signal)) names.push(name);
  expect(names).toEqual((await list(server)).segments.map(({ name }) => name));
  await rm(folder, { recursive: true });
});

/** The event of a row, by the reader that v2's frames have too. */
function readLine(row: SegmentRow): unknown {
  const line = JSON.parse(eventLine(row)) as Record<string, object> & { kind: string; time_us: number };
  const micros = line.time_us;
  const time = `${new Date(Math.floor(micros / 1_000)).toISOString().slice(0, -1)}${String(micros % 1_000).padStart(3, '0')}Z`;
  const fields = line.kind === 'commit' ? line.commit : { [line.kind]: line[line.kind] };
  const $type = `network.bsky.jetstream.subscribeEvents#${line.kind}`;
  const frame = parseV2Frame(
    JSON.stringify({ $type: 'message', payload: { $type, seq: line.cursor, did: line.did, time, ...fields } }),
  );
  return frame.kind === 'event' ? frame.event : frame;
}

describe('compaction', () => {
  test('leaves the same state behind, of fewer rows under the same bounds and other checksums', async () => {
    const server = await hostOf(4_000, {}, { divergence: 1 });
    const [before, rows] = [await list(server), await rowsOf(server)];
    await server.archive?.compact();
    const [after, left] = [await list(server), await rowsOf(server)];
    const syncs = new Map(left.flatMap(({ kind, did, seq }) => (kind === ROW_KIND.sync ? [[did, seq]] : [])));
    expect(
      left.filter(({ did, seq, payload, collection }) => seq < (syncs.get(did) ?? 0) && collection && payload.length),
    ).toEqual([]);
    expect(left.length).toBeLessThan(rows.length);
    expect(stateOf(left)).toEqual(stateOf(rows));
    const kept = left.filter(({ kind }) => kind >= ROW_KIND.delete && kind <= ROW_KIND.sync);
    expect(kept).toEqual(rows.filter(({ kind }) => kind >= ROW_KIND.delete && kind <= ROW_KIND.sync));
    const boundsOf = ({ name, minSeq, maxSeq }: Listed) => ({ name, minSeq, maxSeq });
    expect(after.segments.map(boundsOf)).toEqual(before.segments.map(boundsOf));
    expect(after.segments[0]?.checksum).not.toBe(before.segments[0]?.checksum);
  });
});

/** What shows after these rows. */
function stateOf(rows: readonly SegmentRow[]): Map<string, unknown> {
  const truth = createGroundTruth();
  for (const row of rows) truth.add(eventLine(row), 0, row.seq);
  const shown = [...truth.records].filter(([, record]) => truth.shows(record));
  return new Map(shown.map(([uri, { commit }]) => [uri, commit.record]));
}
