import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../logger.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './server.ts';
import { XrpcError } from './xrpc-error.ts';

const servers: HttpServer[] = [];
const logged: string[] = [];

function create(options: Partial<HttpServerOptions> = {}): HttpServer {
  const destination = { write: (line: string) => void logged.push(line) };
  const app = createHttpServer({ log: createLogger({ service: 'demo', destination }), ...options });
  servers.push(app);
  return app;
}

/** Sends bytes as they are, and reads until the server hangs up. */
async function sendRaw(app: HttpServer, bytes: string): Promise<string> {
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  return text(socket);
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((app) => app.close()));
  logged.length = 0;
});

describe('a route', () => {
  const schema = { querystring: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(50) }) };

  test('gets what its zod schema made of the query', async () => {
    const app = create();
    app.get('/list', { schema }, (request) => ({ limit: request.query.limit + 1 }));
    expect((await app.inject('/list?limit=7')).json()).toEqual({ limit: 8 });
    expect((await app.inject('/list')).json()).toEqual({ limit: 51 });
  });

  test.for(['0', '-1', '101', 'ten', '1.5', '7&limit=8', '7&other=1'])(
    'refuses the query limit=%s as InvalidRequest',
    async (value) => {
      const app = create();
      app.get('/list', { schema }, () => 'unreachable');
      const reply = await app.inject(`/list?limit=${value}`);
      expect([reply.statusCode, reply.json()]).toEqual([
        400,
        { error: 'InvalidRequest', message: expect.stringMatching(/limit|other/) },
      ]);
    },
  );

  test('refuses a body that its schema does not allow, that is not JSON, or that has another type', async () => {
    const app = create();
    app.post('/add', { schema: { body: z.object({ name: z.string() }) } }, (request) => request.body.name);
    const post = (payload: string, type = 'application/json') =>
      app.inject({ method: 'POST', url: '/add', payload, headers: { 'content-type': type } });
    expect((await post('{"name":"x"}')).body).toBe('x');
    for (const payload of ['{"name":7}', '{}', '[]', 'null', '', '{"name":', '{"__proto__":{"name":"x"}}']) {
      const reply = await post(payload);
      expect([payload, reply.statusCode, reply.json().error]).toEqual([payload, 400, 'InvalidRequest']);
    }
    const xml = await post('<name/>', 'text/xml');
    expect([xml.statusCode, xml.json().error]).toEqual([415, 'UnsupportedMediaType']);
  });
});

describe('an error', () => {
  test('that a route throws on purpose is told with its status, name, message and headers', async () => {
    const app = create();
    app.get('/', () => {
      throw new XrpcError(401, 'BadToken', 'the token has expired', { 'www-authenticate': 'Bearer' });
    });
    const reply = await app.inject('/');
    expect([reply.statusCode, reply.json()]).toEqual([401, { error: 'BadToken', message: 'the token has expired' }]);
    expect(reply.headers['www-authenticate']).toBe('Bearer');
    expect(logged).toEqual([]);
  });

  test('that nobody expected is a 500 that does not tell its cause, and is logged once', async () => {
    const app = create();
    app.get('/', (_request, reply) => {
      void reply.type('text/html');
      throw new Error('password is hunter2');
    });
    const reply = await app.inject('/');
    expect([reply.statusCode, reply.json()]).toEqual([
      500,
      { error: 'InternalServerError', message: 'something went wrong here' },
    ]);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('hunter2');
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({
      level: 'error',
      requestId: reply.headers['x-request-id'],
      route: '/',
    });
  });

  test('answers a body over the limit with 413 and a URL over the limit with 414', async () => {
    const app = create({ maxBodyBytes: 100, maxUrlLength: 200 });
    app.post('/', () => 'unreachable');
    const large = await app.inject({ method: 'POST', url: '/', payload: { text: 'x'.repeat(200) } });
    expect([large.statusCode, large.json().error]).toEqual([413, 'PayloadTooLarge']);
    for (const url of [`/?q=${'x'.repeat(200)}`, `/${'x'.repeat(200)}`]) {
      const long = await app.inject(url);
      expect([long.statusCode, long.json().error]).toEqual([414, 'UriTooLong']);
    }
  });

  test('ends a handler that takes too long with 503 and aborts its work', async () => {
    const app = create({ handlerTimeoutMs: 20 });
    const { promise: aborted, resolve } = Promise.withResolvers<boolean>();
    app.get('/', async (request) => {
      request.signal.addEventListener('abort', () => resolve(true));
      await new Promise(() => {});
    });
    const reply = await app.inject('/');
    expect([reply.statusCode, reply.json().error]).toEqual([503, 'NotEnoughResources']);
    expect(await aborted).toBe(true);
  });
});

describe('an unknown path', () => {
  test('is 404, an unknown XRPC method 501, and a known path with another method 405', async () => {
    const app = create();
    app.get('/xrpc/app.bsky.feed.getFeedSkeleton', () => ({}));
    app.get('/repo/:did', () => ({}));
    app.delete('/repo/:did', () => ({}));
    const ask = async (method: 'GET' | 'POST', url: string) => {
      const reply = await app.inject({ method, url });
      return [reply.statusCode, reply.json().error, reply.headers.allow];
    };
    expect(await ask('GET', '/nothing?here')).toEqual([404, 'NotFound', undefined]);
    expect(await ask('GET', '/repo/a/b')).toEqual([404, 'NotFound', undefined]);
    expect(await ask('GET', '/xrpc/app.bsky.feed.getTimeline')).toEqual([501, 'MethodNotImplemented', undefined]);
    expect(await ask('POST', '/xrpc/app.bsky.feed.getFeedSkeleton')).toEqual([405, 'MethodNotAllowed', 'GET, HEAD']);
    expect(await ask('POST', '/repo/did:plc:a')).toEqual([405, 'MethodNotAllowed', 'DELETE, GET, HEAD']);
  });

  test('that is malformed is 400', async () => {
    const reply = await create().inject('/%zz');
    expect([reply.statusCode, reply.json().error]).toEqual([400, 'InvalidRequest']);
  });
});

describe('bytes that are not a request', () => {
  test.for([
    ['no HTTP', 'hello\r\n\r\n', 400, 'InvalidRequest'],
    ['a head over 16 KiB', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'HeadersTooLarge'],
  ] as const)('(%s) are answered with an XRPC error', async ([, bytes, status, error]) => {
    const reply = await sendRaw(create(), bytes);
    expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(reply).toContain(`{"error":"${error}","message":`);
  });
});

describe('a reply', () => {
  test('bears the caller’s request id when it is a plain one, else a new one', async () => {
    const app = create();
    const idFor = async (id: string) =>
      (await app.inject({ url: '/', headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await idFor('abc-123')).toBe('abc-123');
    expect(await idFor('a b')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idFor('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('has no CORS headers unless an origin is allowed', async () => {
    const ask = async (app: HttpServer, method: 'GET' | 'OPTIONS', origin: string) => {
      app.get('/', () => ({}));
      const headers = { origin, 'access-control-request-method': 'GET' };
      const reply = await app.inject({ method, url: '/', headers });
      return [reply.statusCode, reply.headers['access-control-allow-origin']];
    };
    expect(await ask(create(), 'GET', 'https://a.example')).toEqual([200, undefined]);
    expect(await ask(create(), 'OPTIONS', 'https://a.example')).toEqual([405, undefined]);
    const corsOrigins = ['https://a.example'];
    expect(await ask(create({ corsOrigins }), 'GET', 'https://a.example')).toEqual([200, 'https://a.example']);
    expect(await ask(create({ corsOrigins }), 'OPTIONS', 'https://a.example')).toEqual([204, 'https://a.example']);
    expect(await ask(create({ corsOrigins }), 'GET', 'https://b.example')).toEqual([200, undefined]);
    expect(await ask(create({ corsOrigins: ['*'] }), 'GET', 'https://b.example')).toEqual([200, '*']);
    expect((await create({ corsOrigins }).inject('/nothing')).statusCode).toBe(404);
  });

  test('knows the caller behind a proxy only when the proxy is trusted', async () => {
    const ipOf = async (app: HttpServer) => {
      app.get('/', (request) => request.ip);
      return (await app.inject({ url: '/', headers: { 'x-forwarded-for': '203.0.113.9' } })).body;
    };
    expect(await ipOf(create())).toBe('127.0.0.1');
    expect(await ipOf(create({ trustProxy: true }))).toBe('203.0.113.9');
  });
});

test('a server that closes finishes what it is answering', async () => {
  const app = create();
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { promise: release, resolve: finish } = Promise.withResolvers<void>();
  app.get('/', async () => {
    enter();
    await release;
    return 'finished';
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const reply = fetch(address);
  await entered;
  const closed = app.close();
  finish();
  expect(await (await reply).text()).toBe('finished');
  await closed;
  await expect(fetch(address)).rejects.toThrow();
});
