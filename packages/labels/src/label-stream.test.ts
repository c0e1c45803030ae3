import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { socketGuard } from '@updraft/identity';
import { afterAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { openLabelStream } from './label-stream.ts';

const LIMITS = { maxFrames: 10, gatherMs: 10, quietMs: 10_000 };
const { signal } = new AbortController();
const server = createServer((_request, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({ server, path: '/labels' });
server.listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const guard = (path: string) => {
  const { port } = server.address() as AddressInfo;
  return socketGuard(new URL(`http://127.0.0.1:${port}${path}`), { allowPrivateAddresses: true });
};

test('frames that came before the end can be taken after it, though the end was not a clean one', async () => {
  sockets.once('connection', (ws) => {
    ws.send(Uint8Array.of(1));
    ws.send(Uint8Array.of(2), () => ws.terminate());
  });
  const stream = openLabelStream(guard('/labels'), signal);
  expect(await stream.opened).toBe(true);
  expect(await stream.ended).toMatchObject({ reason: 'broken' });
  expect((await stream.take(LIMITS))?.map(([first]) => first)).toEqual([1, 2]);
  expect(await stream.take(LIMITS)).toBeUndefined();
});

test('an end says why: the server closed, a frame above the limit, an answer of HTTP, we ourselves', async () => {
  sockets.once('connection', (ws) => ws.close(1000, 'good night'));
  expect(await openLabelStream(guard('/labels'), signal).ended).toEqual({
    reason: 'closed',
    detail: 'closed with 1000 good night',
  });
  sockets.once('connection', (ws) => ws.send(new Uint8Array(1_048_577)));
  expect(await openLabelStream(guard('/labels'), signal).ended).toMatchObject({ reason: 'too_large' });
  const refused = openLabelStream(guard('/other'), signal);
  expect([await refused.opened, (await refused.ended).reason]).toEqual([false, 'refused']);
  expect(await openLabelStream(guard('/labels'), AbortSignal.abort()).ended).toMatchObject({ reason: 'stopped' });
});

test('a name that leads to this machine is not connected to', async () => {
  const stream = openLabelStream(socketGuard(new URL('https://localhost'), { allowPrivateAddresses: false }), signal);
  expect(await stream.ended).toEqual({
    reason: 'unreachable',
    detail: 'localhost is not an address of the public network',
  });
});
