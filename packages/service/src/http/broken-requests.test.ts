import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../logger.ts';
import { NotEnoughResourcesError } from './named-errors.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './server.ts';

const servers: HttpServer[] = [];
const logged: string[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((app) => app.close()));
  logged.length = 0;
});

async function serve(options: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const destination = { write: (line: string) => void logged.push(line) };
  const log = createLogger({ service: 'demo', destination, level: 'info' });
  const app = createHttpServer({ log, ...options });
  servers.push(app);
  app.post('/add', () => 'added');
  app.get('/list', () => 'listed');
  return app;
}

async function open(app: HttpServer, bytes: string): Promise<Socket> {
  const address = app.server.listening ? app.listeningOrigin : await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

const statuses = (replies: string) => [...replies.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
const faults = () => logged.filter((line) => /"level":"(?:warn|error|fatal)"/.test(line));
const head = (method: string, path: string) =>
  `${method} ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":`;

describe('a request that does not end', () => {
  test.for([
    ['in its head', 'GET /list HTTP/1.1\r\nhost: a\r\n', [408]],
    ['in its body', head('POST', '/add'), [408]],
    [
      'in a chunk',
      head('POST', '/add').replace('content-length: 100', 'transfer-encoding: chunked').replace('{', '5\r\n{'),
      [408],
    ],
    ['before its first byte', '', [408]],
    ['after it was answered', head('GET', '/list'), [200]],
    ['where there is no route', head('POST', '/nothing'), [408]],
    ['in a body of a type that is refused', head('POST', '/add').replace('/json', '/weird'), [415]],
  ] as const)('(%s) is answered once, and nothing is logged', async ([, bytes, expected]) => {
    const app = await serve({ requestTimeoutMs: 50 });
    expect(statuses(await text(await open(app, bytes)))).toEqual(expected);
    expect(faults()).toEqual([]);
  });
});

describe('a caller that breaks off', () => {
  test.for(['destroy', 'resetAndDestroy'] as const)('in its body (%s) is not a fault', async (breakOff) => {
    const app = await serve();
    const gone = Promise.withResolvers<void>();
    app.addHook('onRequestAbort', (_request, done) => {
      gone.resolve();
      done();
    });
    const socket = await open(app, head('POST', '/add'));
    await once(app.server, 'request');
    socket[breakOff]();
    await gone.promise;
    await app.close();
    expect(faults()).toEqual([]);
  });

  test('during the work is not a fault when the work stops for it, but is one when the work fails', async () => {
    const app = await serve();
    const entered = new Map<string, () => void>();
    for (const [path, error] of [
      ['/put-down', new DOMException('the caller has gone', 'AbortError')],
      ['/fails', new TypeError('a mistake')],
    ] as const) {
      app.get(path, async (_request, reply) => {
        entered.get(path)?.();
        await once(reply.raw, 'close');
        throw error;
      });
    }
    for (const path of ['/put-down', '/fails']) {
      const { promise, resolve } = Promise.withResolvers<void>();
      entered.set(path, resolve);
      const socket = await open(app, `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
      await promise;
      socket.destroy();
    }
    await expect.poll(() => faults().map((line) => JSON.parse(line).route)).toEqual(['/fails']);
  });
});

test('a body that is nested 100,000 deep is refused like any other that its schema does not know', async () => {
  const app = await serve();
  app.post('/named', { schema: { body: z.strictObject({ name: z.string() }) } }, () => 'unreachable');
  const payload = `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const reply = await app.inject({
    method: 'POST',
    url: '/named',
    payload,
    headers: { 'content-type': 'application/json' },
  });
  expect([reply.statusCode, reply.json().error]).toEqual([400, 'InvalidRequest']);
});

describe("an app's own error", () => {
  class AwayError extends Error {}
  const classifyError = (error: unknown) =>
    error instanceof AwayError ? new NotEnoughResourcesError('away', { retryAfterS: 7 }) : undefined;

  test('is answered as the app says, and every 503 says when to come back', async () => {
    const app = await serve({ classifyError });
    app.get('/away', () => Promise.reject(new AwayError()));
    app.get('/busy', () => Promise.reject(new NotEnoughResourcesError('busy')));
    app.get('/mistake', () => Promise.reject(new TypeError('a mistake')));
    const ask = async (path: string) => {
      const { statusCode, headers } = await app.inject(path);
      return [statusCode, headers['retry-after']];
    };
    expect(await ask('/away')).toEqual([503, '7']);
    expect(await ask('/busy')).toEqual([503, '10']);
    expect(await ask('/mistake')).toEqual([500, undefined]);
  });
});
