import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { seqCursor } from '../cursor.ts';
import { createLiveSource, type LiveSourceOptions } from './live-source.ts';

const never = new AbortController().signal;
let server: Server;
let sockets: WebSocketServer;
let address: string;
/** What the server does with a connection, or instead of one. */
let onConnection: (socket: WebSocket) => void;
let refuse: ((response: ServerResponse) => void) | undefined;
const urls: string[] = [];

beforeEach(async () => {
  urls.length = 0;
  refuse = undefined;
  server = createServer((_, response) => refuse?.(response));
  sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    urls.push(request.url ?? '');
    if (refuse === undefined) sockets.handleUpgrade(request, socket, head, (ws) => onConnection(ws));
    else
      socket.end(
        'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{"error":"CursorTooOld","message":"floor is 9"}',
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const client of sockets.clients) client.terminate();
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

const source = (options: Partial<LiveSourceOptions> = {}) =>
  createLiveSource(address, { idleTimeoutMs: 60_000, maxPauseMs: 2_000, ...options });

async function framesOf(stream: AsyncIterable<readonly string[]>): Promise<string[]> {
  const frames: string[] = [];
  for await (const some of stream) frames.push(...some);
  return frames;
}

describe('a live stream', () => {
  test('gives every frame in order, those before its end as well, and says how it ended', async () => {
    onConnection = (socket) => {
      for (let i = 0; i < 1_000; i++) socket.send(String(i));
      socket.close(1001, 'shutting down');
    };
    const stream = source().open(seqCursor(source().host, 7), never);
    expect(await framesOf(stream)).toEqual(Array.from({ length: 1_000 }, (_, i) => String(i)));
    expect(await stream.ended).toMatchObject({
      reason: 'closed',
      detail: 'closed with 1001 shutting down',
      frames: 1_000,
    });
    expect(await stream.opened).toBe(true);
    expect(urls).toEqual(['/xrpc/network.bsky.jetstream.subscribeEvents?cursor=7']);
  });

  test('that is refused before it begins says which error it was', async () => {
    refuse = () => {};
    const stream = source().open(undefined, never);
    expect(await framesOf(stream)).toEqual([]);
    expect(await stream.ended).toMatchObject({ reason: 'refused', error: { name: 'CursorTooOldError' } });
    expect(await stream.opened).toBe(false);
  });

  test('that ends with an error frame says which error it was', async () => {
    onConnection = (socket) => {
      socket.send('{"$type":"error","error":"ConsumerTooSlow","message":"behind"}');
    };
    const { ended } = source().open(undefined, never);
    expect(await ended).toMatchObject({ reason: 'error', error: { name: 'ConsumerTooSlowError' } });
  });

  test('whose frames nobody takes is paused, then closed, and keeps what has come', async () => {
    onConnection = (socket) => {
      for (let i = 0; i < 3_000; i++) socket.send('x'.repeat(1_000));
    };
    const stream = source({ maxPauseMs: 50, maxQueued: 10_000 }).open(undefined, never);
    expect(await stream.ended).toMatchObject({ reason: 'backpressure' });
    const { frames } = await stream.ended;
    expect(frames).toBeLessThan(3_000);
    expect((await framesOf(stream)).length).toBe(frames);
  });

  test('whose frames are taken in time is resumed as often as it takes', async () => {
    onConnection = (socket) => {
      for (let i = 0; i < 3_000; i++) socket.send('x'.repeat(1_000));
      socket.close(1000);
    };
    const stream = source({ maxQueued: 10_000 }).open(undefined, never);
    expect((await framesOf(stream)).length).toBe(3_000);
    expect(await stream.ended).toMatchObject({ reason: 'closed' });
  });

  test('that falls silent, or sends a frame above the limit, or can not be reached, ends by that name', async () => {
    onConnection = () => {};
    expect(await source({ idleTimeoutMs: 40 }).open(undefined, never).ended).toMatchObject({ reason: 'idle' });
    onConnection = (socket) => socket.send('x'.repeat(2_000));
    expect(await source({ maxFrameBytes: 1_000 }).open(undefined, never).ended).toMatchObject({ reason: 'too_large' });
    const closed = createLiveSource('ws://127.0.0.1:1', { idleTimeoutMs: 1_000, maxPauseMs: 1_000 });
    expect(await closed.open(undefined, never).ended).toMatchObject({ reason: 'unreachable' });
    onConnection = (socket) => socket.terminate();
    expect(await source().open(undefined, never).ended).toMatchObject({ reason: 'broken' });
  });

  test('is closed by who stops taking its frames', async () => {
    onConnection = (socket) => socket.send('1');
    const stream = source().open(undefined, never);
    for await (const frames of stream) {
      expect(frames).toEqual(['1']);
      break;
    }
    expect(await stream.ended).toMatchObject({ reason: 'stopped' });
  });

  test('is closed by its signal, and by close()', async () => {
    onConnection = () => {};
    const stopping = new AbortController();
    const first = source().open(undefined, stopping.signal);
    await first.opened;
    stopping.abort();
    expect(await first.ended).toMatchObject({ reason: 'stopped' });
    const second = source().open(undefined, never);
    second.close();
    expect(await second.ended).toMatchObject({ reason: 'stopped' });
    expect(await source().open(undefined, stopping.signal).ended).toMatchObject({ reason: 'stopped' });
  });
});

test('a v1 host is read through the same interface, and says that it has no sync', () => {
  const v1 = createLiveSource(`${address}/subscribe`, { idleTimeoutMs: 1, maxPauseMs: 1 });
  expect(v1).toMatchObject({ protocol: 'v1', hasSync: false });
  expect(source()).toMatchObject({ protocol: 'v2', hasSync: true });
  expect(source({ filter: { kinds: ['commit'] } }).hasSync).toBe(false);
  const event = { did: 'did:plc:a', time_us: 1, kind: 'identity', identity: { time: '2026-07-04T14:38:08Z' } };
  expect(v1.parse(JSON.stringify(event))).toMatchObject({
    kind: 'event',
    event: { kind: 'identity', cursor: undefined },
  });
  expect(v1.parse('{}')).toMatchObject({ kind: 'rejected' });
});
