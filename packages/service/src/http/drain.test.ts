import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { drain } from './drain.ts';
import { createHttpServer, type HttpServer } from './server.ts';

const agents: Agent[] = [];
afterEach(() => {
  for (const agent of agents.splice(0)) agent.destroy();
});

/** A server with /now, and /later, which answers when it is released. */
async function serve() {
  const app: HttpServer = createHttpServer({ log: createLogger({ service: 'test', level: 'silent' }) });
  const [entered, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  app.get('/now', async () => ({ answer: 'now' }));
  app.get('/later', async () => {
    entered.resolve();
    await released.promise;
    return { answer: 'later' };
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true });
  agents.push(agent);
  const { port } = app.server.address() as AddressInfo;
  const call = (path: string) =>
    new Promise<{ status: number; connection: string | undefined }>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path, agent }, (response) => {
        response.resume().on('end', () => {
          resolve({ status: response.statusCode ?? 0, connection: response.headers.connection });
        });
      }).on('error', reject);
    });
  return { app, call, entered: entered.promise, release: released.resolve };
}

describe('a server that drains', () => {
  test('finishes what it is answering, and takes no more afterwards', async () => {
    const { app, call, entered, release } = await serve();
    const slow = call('/later');
    await entered;
    const drained = drain(app, 0);
    release();
    expect((await slow).status).toBe(200);
    await drained;
    await expect(call('/now')).rejects.toThrow();
  });

  test('goes on answering for a while, and asks callers to let go of their connections', async () => {
    const { app, call } = await serve();
    expect(await call('/now')).toEqual({ status: 200, connection: 'keep-alive' });
    const drained = drain(app, 200);
    expect(await call('/now')).toEqual({ status: 200, connection: 'close' });
    await drained;
  });
});
