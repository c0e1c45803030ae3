import { join } from 'node:path';
import type { JetstreamServer } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { startSealedHost, worldEvents } from './archive/hosts.ts';
import { compareVisible, truthOf } from './archive/visible-state.ts';
import { useIndexers, useStack } from './indexer/fixtures.ts';
import { until } from './indexer/program.ts';
import type { Store } from './indexer/stack.ts';
import { selectRows } from './select-rows.ts';
import { verifySince } from './world/since.ts';

const stack = useStack();
const { cleanups, start } = useIndexers();

const EVENTS = 1_000;
const SEALED = 700;
const events = worldEvents(EVENTS);

/** A host whose archive has the first events, and which has shown all of them since. */
async function hostOf(v2 = {}): Promise<JetstreamServer> {
  const server = await startSealedHost(events.slice(0, SEALED), v2);
  cleanups.push(() => server.close());
  for (const event of events.slice(SEALED)) server.append(event);
  server.settle();
  return server;
}

function environmentOf(store: Store, server: JetstreamServer, env = {}): Record<string, string> {
  return {
    WS_URL: server.url,
    JETSTREAM_ARCHIVE_URL: server.v2Url,
    ARCHIVE_FOLDER: join(stack.directory, store.env['REDIS_PREFIX'] ?? ''),
    SINCE: '3d',
    LEASE_TTL: '1s',
    ...env,
  };
}

/** Resolves when the store's live cursor has reached the last event. */
async function untilCaughtUp(store: Store, server: JetstreamServer): Promise<void> {
  const last = server.log.nextSeq - 1;
  await until(async () => (await cursorOf(store)) >= last);
}

async function cursorOf(store: Store): Promise<number> {
  const sql = `max(if(JSONExtractString(progress_json, 'host') LIKE 'ws%', JSONExtractUInt(progress_json, 'cursor'), 0))`;
  const [row] = await selectRows<{ cursor: string }>(
    store.clickhouse,
    `SELECT ${sql} AS cursor FROM ingest_progress FINAL`,
  );
  return Number(row?.cursor);
}

describe('a new store with SINCE', () => {
  test('has every row of a week that goes on while it is read, however it was killed, and with repositories that diverge', async () => {
    // More than the 8,192 events that the live stream reads again: what the archive left out would come by that.
    const week = { seed: 14, events: 9_200, kills: 2, accounts: 120, hostile: 0.3 };
    const verdict = await verifySince({ ...week, onProgress: () => {} });
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, mismatched: 0, gaps: 0, kills: 2, examples: [] });
    expect(verdict.killsInArchive).toBeGreaterThan(0);
  }, 240_000);

  test('killed at any moment goes on where it was, in the archive or in a live stream of v1', async () => {
    const [store, server] = [await stack.createStore('killed'), await hostOf()];
    const killedAt = async (point: string, env = {}) => {
      const killed = start(store, environmentOf(store, server, { BATCH_MAX_ROWS: '100', CRASH_POINT: point, ...env }));
      expect(await killed.exited, `killed ${point}`).toMatchObject({ signal: 'SIGKILL' });
      return killed.output();
    };
    await killedAt('mid-write:1');
    await killedAt('after-redis:3');
    expect(await cursorOf(store)).toBe(0); // nothing is live yet
    expect(await killedAt(`after-receive:${SEALED + 10}`, { SINCE: '1ms' })).toContain('reading the archive further');
    const indexer = start(store, environmentOf(store, server));
    await untilCaughtUp(store, server);
    await indexer.stop();
    const { records, differences } = await compareVisible(store.clickhouse, truthOf(events));
    expect(records).toBeGreaterThan(250);
    expect(differences).toEqual([]);
    expect(await store.count('ingest_gaps')).toBe(0);
  });

  test('waits for an archive that is away: not ready, counted, told and stopped at any time', async () => {
    const [store, server] = [await stack.createStore('away'), await hostOf()];
    for (let nth = 0; nth < 20; nth++)
      server.archive?.faults.inject({ method: 'listSegments', kind: 'status', status: 503 });
    const indexer = start(store, environmentOf(store, server));
    await until(async () => (await indexer.metric('updraft_indexer_archive_retries_total')) > 0);
    expect(indexer.output()).toContain('Until then the stream waits, since SINCE asks for the past');
    expect(await indexer.metric('updraft_indexer_connected')).toBe(0);
    const ready = (): Promise<Response> => fetch(`${/http:[^"]+(?=\/metrics)/.exec(indexer.output())?.[0]}/readyz`);
    expect((await ready()).status).toBe(503);
    server.archive?.faults.inject({ method: 'getSegment', kind: 'slow', bytesPerSecond: 10 });
    while (server.archive?.faults.take('listSegments') !== undefined);
    await until(async () => (await indexer.metric('updraft_indexer_connected')) === 1);
    expect((await ready()).status).toBe(200);
    await indexer.stop();
    expect(await store.count('ingest_progress')).toBe(0);
  });

  test('whose host no longer shows what follows the archive goes back to the archive by itself, with the key, which no log shows', async () => {
    const [store, server] = [await stack.createStore('seam'), await hostOf({ apiKey: 'sesame' })];
    server.setWeather({ floorSeq: server.log.firstSeq + SEALED + 150 });
    const env = { WS_URL: server.v2Url, JETSTREAM_API_KEY: 'sesame', LOG_LEVEL: 'debug' };
    const indexer = start(store, environmentOf(store, server, env));
    await indexer.says('the archive is read to its end');
    await server.archive?.seal();
    await indexer.says('CursorTooOld');
    await indexer.says('a gap is healed');
    await untilCaughtUp(store, server);
    await indexer.stop();
    expect(indexer.output()).not.toContain('sesame');
    expect((await compareVisible(store.clickhouse, truthOf(events))).differences).toEqual([]);
  });

  test('begins by time where the archive wants a key, and says what is left out', async () => {
    const [store, server] = [await stack.createStore('keyless'), await hostOf({ apiKey: 'sesame' })];
    const indexer = start(store, environmentOf(store, server));
    await untilCaughtUp(store, server);
    await indexer.stop();
    expect(indexer.output()).toContain('Set JETSTREAM_API_KEY to a valid key. The stream begins with the oldest');
    expect(await store.count('open_gaps', "detail LIKE 'SINCE asks for this past%JETSTREAM_API_KEY%'")).toBe(1);
    expect((await compareVisible(store.clickhouse, truthOf(events))).differences).toEqual([]);
  });

  test('begins by time where there is no archive, and says so', async () => {
    const [store, server] = [await stack.createStore('without'), await hostOf()];
    const { JETSTREAM_ARCHIVE_URL: _none, ...env } = environmentOf(store, server);
    const indexer = start(store, env);
    await untilCaughtUp(store, server);
    await indexer.stop();
    expect(indexer.output()).toContain('no host of WS_URL has an archive');
    expect((await compareVisible(store.clickhouse, truthOf(events))).differences).toEqual([]);
  });
});
