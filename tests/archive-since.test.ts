import { join } from 'node:path';
import { DIVERGENCE_CASES, type JetstreamServer } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { startSealedHost, worldEvents } from './archive/hosts.ts';
import { compareVisible, truthOf } from './archive/visible-state.ts';
import { useIndexers, useStack } from './indexer/fixtures.ts';
import { until } from './indexer/program.ts';
import { differences, type Store } from './indexer/stack.ts';
import { selectRows } from './select-rows.ts';

const stack = useStack();
const { cleanups, start } = useIndexers();

const EVENTS = 4_000;
const SEALED = 3_000;
const events = worldEvents(EVENTS);
/** Not `retry`: there the server's fold and ours can't be equal. */
const divergenceCases = DIVERGENCE_CASES.filter((name) => name !== 'retry');
const DIVERGING = worldEvents(EVENTS, { divergence: 1, divergenceCases });

/** A host whose archive has the first events, and which has shown all of them since. */
async function hostOf(v2 = {}, world = events): Promise<JetstreamServer> {
  const server = await startSealedHost(world.slice(0, SEALED), v2);
  cleanups.push(() => server.close());
  for (const event of world.slice(SEALED)) server.append(event);
  server.settle();
  return server;
}

function environmentOf(store: Store, server: JetstreamServer, env = {}): Record<string, string> {
  return {
    WS_URL: server.url,
    JETSTREAM_ARCHIVE_URL: server.v2Url,
    ARCHIVE_FOLDER: join(stack.directory, store.env['REDIS_PREFIX'] ?? ''),
    SINCE: '3d',
    BATCH_MAX_ROWS: '300',
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
  test('has the archive and what came after it, without a hole and without a gap that is none', async () => {
    const [store, server] = [await stack.createStore('since'), await hostOf()];
    const indexer = start(store, environmentOf(store, server));
    await untilCaughtUp(store, server);
    await indexer.stop();
    expect(indexer.output()).toContain('the archive is read to its end');
    const { records, differences: found } = await compareVisible(store.clickhouse, truthOf(events));
    expect(records).toBeGreaterThan(1_000);
    expect(found).toEqual([]);
    expect(await store.count('ingest_gaps')).toBe(0);
  });

  test('goes on live by v2 where the archive ends, with diverging repositories on both sides', async () => {
    const [store, server] = [await stack.createStore('by_v2'), await hostOf({}, DIVERGING)];
    const { JETSTREAM_ARCHIVE_URL: _sameHost, ...env } = environmentOf(store, server, { WS_URL: server.v2Url });
    const indexer = start(store, env);
    await untilCaughtUp(store, server);
    await indexer.stop();
    expect(indexer.output()).toContain('the archive is read to its end');
    expect((await compareVisible(store.clickhouse, truthOf(DIVERGING))).differences).toEqual([]);
    expect(await store.count('ingest_gaps')).toBe(0);
  });

  test('killed at any moment goes on where it was, at the end with the same rows as one that never was', async () => {
    const [store, server] = [await stack.createStore('killed'), await hostOf()];
    const points = ['mid-write:1', 'after-progress:2', 'after-receive:3010'];
    for (const [nth, point] of points.entries()) {
      const killed = start(store, environmentOf(store, server, { CRASH_POINT: point, BATCH_MAX_ROWS: '150' }));
      expect(await killed.exited, `kill ${nth}`).toMatchObject({ signal: 'SIGKILL' });
    }
    const indexer = start(store, environmentOf(store, server));
    await untilCaughtUp(store, server);
    await indexer.stop();
    expect((await compareVisible(store.clickhouse, truthOf(events))).differences).toEqual([]);
    expect(await store.count('ingest_gaps')).toBe(0);
    const undisturbed = await stack.createStore('undisturbed');
    const other = start(undisturbed, environmentOf(undisturbed, server));
    await untilCaughtUp(undisturbed, server);
    await other.stop();
    expect(differences(await store.tables(), await undisturbed.tables())).toEqual([]);
  });

  test('that is killed in the archive goes on in the archive, not with the live stream', async () => {
    const [store, server] = [await stack.createStore('further'), await hostOf()];
    const killed = start(store, environmentOf(store, server, { CRASH_POINT: 'after-redis:3' }));
    expect(await killed.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(await cursorOf(store)).toBe(0);
    const indexer = start(store, environmentOf(store, server, { SINCE: '1ms' }));
    await untilCaughtUp(store, server);
    await indexer.stop();
    expect(indexer.output()).toContain('reading the archive further');
    expect((await compareVisible(store.clickhouse, truthOf(events))).differences).toEqual([]);
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

  test('whose host no longer shows what follows the archive goes back to the archive by itself', async () => {
    const [store, server] = [await stack.createStore('seam'), await hostOf()];
    server.setWeather({ floorSeq: server.log.firstSeq + SEALED + 800 });
    const indexer = start(store, environmentOf(store, server, { WS_URL: server.v2Url }));
    await indexer.says('the archive is read to its end');
    await server.archive?.seal();
    await indexer.says('CursorTooOld');
    await indexer.says('a gap is healed');
    await untilCaughtUp(store, server);
    await indexer.stop();
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

  test('reads the archive with the key, which no log shows', async () => {
    const [store, server] = [await stack.createStore('keyed'), await hostOf({ apiKey: 'sesame' })];
    const indexer = start(store, environmentOf(store, server, { JETSTREAM_API_KEY: 'sesame', LOG_LEVEL: 'debug' }));
    await untilCaughtUp(store, server);
    await indexer.stop();
    expect(indexer.output()).toContain('the archive is read to its end');
    expect(indexer.output()).not.toContain('sesame');
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
