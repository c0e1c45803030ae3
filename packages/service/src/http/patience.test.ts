import { afterEach, expect, test, vi } from 'vitest';
import { createLogger } from '../logger.ts';
import { NotEnoughResourcesError } from './named-errors.ts';
import { answerPatiently, LINES } from './patience.ts';
import { createHttpServer } from './server.ts';

const logged: string[] = [];
const log = createLogger({ service: 'demo', destination: { write: (line) => void logged.push(line) } });
const app = createHttpServer({ log });
let work = Promise.withResolvers<object>();
let asked = Promise.withResolvers<void>();
app.get('/slow', (request, reply) => {
  reply.header('cache-control', 'no-store');
  asked.resolve();
  return answerPatiently(app, request, reply, work.promise, 5);
});
afterEach(() => {
  work = Promise.withResolvers<object>();
  vi.useRealTimers();
});

async function askSlowly(accept: string, end: () => void) {
  await app.ready();
  asked = Promise.withResolvers();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  const answer = app.inject({ url: '/slow', headers: { accept } });
  await asked.promise;
  await vi.advanceTimersByTimeAsync(25);
  end();
  const { statusCode, headers, body } = await answer;
  const lines = body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  return { statusCode, type: headers['content-type'], store: headers['cache-control'], lines };
}

test('who accepts lines gets some while the work takes long, and its result as the last one', async () => {
  const { lines, ...rest } = await askSlowly(LINES, () => work.resolve({ a: 1 }));
  expect(rest).toEqual({ statusCode: 200, type: LINES, store: 'no-store' });
  expect(lines.length).toBe(6);
  expect(lines.slice(0, -1)).toEqual(lines.slice(1).map(() => ({ waiting: true })));
  expect(lines.at(-1)).toEqual({ status: 200, body: { a: 1 } });
});

test('an error comes as the last line, and one of ours is logged and not told', async () => {
  const away = await askSlowly(LINES, () => work.reject(new NotEnoughResourcesError('it is away', { retryAfterS: 7 })));
  const body = { error: 'NotEnoughResources', message: 'it is away' };
  expect(away.lines.at(-1)).toEqual({ status: 503, retryAfterS: 7, body });
  work = Promise.withResolvers<object>();
  const ours = await askSlowly(LINES, () => work.reject(new Error('a secret')));
  expect(ours.lines.at(-1)).toMatchObject({ status: 500, body: { error: 'InternalServerError' } });
  expect(JSON.stringify(ours)).not.toContain('a secret');
  expect(logged.join('')).toContain('a secret');
});

test('everybody else, and who does not have to wait, gets the answer itself', async () => {
  const plain = await askSlowly('application/json', () => work.resolve({ a: 1 }));
  expect(plain).toMatchObject({ statusCode: 200, lines: [{ a: 1 }] });
  work = Promise.withResolvers<object>();
  work.reject(new NotEnoughResourcesError('it is away'));
  expect((await app.inject({ url: '/slow', headers: { accept: LINES } })).statusCode).toBe(503);
});
