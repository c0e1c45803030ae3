import { connect, type Socket } from 'node:net';
import { Counter, Registry } from 'prom-client';
import { afterEach, describe, expect, test } from 'vitest';
import { readBuildInfo } from './build-info.ts';
import { createMetricsServer, type MetricsServer, type MetricsServerOptions } from './metrics-server.ts';
import { SetupError } from './setup-error.ts';

const servers: MetricsServer[] = [];

async function start(options: Partial<MetricsServerOptions> = {}) {
  const server = await createMetricsServer({ listen: '127.0.0.1:0', registry: new Registry(), ...options });
  servers.push(server);
  return (path: string, init?: RequestInit) => fetch(`http://${server.address}${path}`, init);
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A connection that sends these bytes and no more; `opened` resolves when they are sent, or it is closed again. */
function open(address: string, bytes: string): { socket: Socket; opened: Promise<void> } {
  const [host = '', port] = address.split(':');
  const { promise: opened, resolve } = Promise.withResolvers<void>();
  const socket = connect(Number(port), host, () => socket.write(bytes, () => resolve()));
  socket.on('error', () => resolve()).on('close', () => resolve());
  return { socket, opened };
}

describe('the metrics server', () => {
  test('shows the registry’s metrics', async () => {
    const registry = new Registry();
    new Counter({ name: 'events_total', help: 'events', registers: [registry] }).inc(3);
    const get = await start({ registry });
    const reply = await get('/metrics');
    expect(reply.headers.get('content-type')).toBe(registry.contentType);
    expect(await reply.text()).toContain('events_total 3');
  });

  test('is healthy with its build information, until only a restart would help', async () => {
    let live = true;
    const get = await start({ isLive: () => live });
    const healthy = await get('/healthz');
    expect([healthy.status, await healthy.json()]).toEqual([200, { status: 'ok', ...readBuildInfo() }]);
    live = false;
    const failing = await get('/healthz');
    expect([failing.status, await failing.json()]).toEqual([503, { status: 'failing', ...readBuildInfo() }]);
  });

  test('is ready when every check is, and names them', async () => {
    const clickhouse = { name: 'clickhouse', ok: true };
    const redis = { name: 'redis', ok: false, detail: 'connection refused' };
    const ready = await (await start({ isReady: () => [clickhouse] }))('/readyz');
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', checks: [clickhouse] }]);
    const waiting = await (await start({ isReady: async () => [clickhouse, redis] }))('/readyz');
    expect([waiting.status, await waiting.json()]).toEqual([503, { status: 'not ready', checks: [clickhouse, redis] }]);
  });

  test('has started once it says so, is not ready before, and says what it is ready for', async () => {
    let started = false;
    const get = await start({ isStarted: () => started, readyWord: () => 'standby' });
    const answers = async () =>
      Promise.all(
        ['/startupz', '/readyz', '/healthz'].map(async (path) => {
          const reply = await get(path);
          return [reply.status, Reflect.get(Object(await reply.json()), 'status')];
        }),
      );
    expect((await answers()).slice(0, 2)).toEqual([
      [503, 'starting'],
      [503, 'not ready'],
    ]);
    started = true;
    expect(await answers()).toEqual([
      [200, 'started'],
      [200, 'standby'],
      [200, 'ok'],
    ]);
  });

  test('is alive but not ready from the moment it is told to stop', async () => {
    const stopping = new AbortController();
    const get = await start({ stopping: stopping.signal });
    stopping.abort();
    const ready = await get('/readyz');
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'stopping', checks: [] }]);
    expect((await get('/healthz')).status).toBe(200);
  });

  test('counts a check that throws as failed', async () => {
    const get = await start({
      isReady: () => {
        throw new Error('no checks today');
      },
    });
    const reply = await get('/readyz');
    expect([reply.status, await reply.json()]).toMatchObject([
      503,
      { checks: [{ ok: false, detail: 'no checks today' }] },
    ]);
  });

  test('answers GET and HEAD only, on its four paths only', async () => {
    const get = await start();
    expect((await get('/healthz?verbose')).status).toBe(200);
    const head = await get('/healthz', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const post = await get('/metrics', { method: 'POST', body: 'x'.repeat(100_000) });
    expect([post.status, post.headers.get('allow'), await post.json()]).toMatchObject([
      405,
      'GET, HEAD',
      { error: 'MethodNotAllowed' },
    ]);
    const other = await get('/');
    expect([other.status, await other.json()]).toMatchObject([404, { error: 'NotFound' }]);
  });

  test.for([
    ['idle ones', ''],
    ['ones that send their head slowly', 'GET /metrics HTTP/1.1\r\nhost: a\r\nx-slow: '],
    ['ones that send a body slowly', 'POST /metrics HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nx'],
    ['ones that were answered', 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n'],
  ] as const)('answers probes however many connections are open (%s)', async ([, bytes]) => {
    const get = await start();
    const sockets = Array.from({ length: 300 }, () => open(servers[0]?.address ?? '', bytes));
    await Promise.all(sockets.map(({ opened }) => opened));
    for (let probe = 0; probe < 3; probe++) {
      expect((await get('/healthz', { headers: { connection: 'close' } })).status).toBe(200);
    }
    for (const { socket } of sockets) socket.destroy();
  });

  test('does not drop what it is answering for new connections', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    const get = await start({
      isReady: async () => {
        enter();
        await released;
        return [];
      },
    });
    const slow = get('/readyz');
    await entered;
    const sockets = Array.from({ length: 100 }, () => open(servers[0]?.address ?? '', ''));
    await Promise.all(sockets.map(({ opened }) => opened));
    release();
    expect((await slow).status).toBe(200);
    for (const { socket } of sockets) socket.destroy();
  });

  test('names the port that is taken and the variable that moves it', async () => {
    await start();
    const listen = servers[0]?.address ?? '';
    const error = await createMetricsServer({ listen, registry: new Registry() }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SetupError);
    expect(String(error)).toContain(`port ${listen.split(':')[1]} on 127.0.0.1 is in use`);
    expect(String(error)).toContain('METRICS_LISTEN_ADDRESS');
  });

  test('says when the address is not this machine’s', async () => {
    await expect(createMetricsServer({ listen: '192.0.2.1:1', registry: new Registry() })).rejects.toThrow(
      /192\.0\.2\.1:1 is not an address of this machine.*METRICS_LISTEN_ADDRESS/,
    );
  });
});
