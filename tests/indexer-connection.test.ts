import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createStreamPosition, type Ended, type EventSink, type JetstreamOptions } from '@updraft/indexer';
import { type Cursor, timeCursor } from '@updraft/jetstream';
import { describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { useCleanups } from './indexer/fixtures.ts';
import { sourceOf } from './indexer/source.ts';

/** A host of which each test says what it does with a connection. */
interface Host {
  readonly url: string;
  /** The request's path of each try. */
  readonly tries: string[];
}

const cleanups = useCleanups();

async function startHost(
  onConnection: (ws: WebSocket, nth: number) => void,
  refuse?: (socket: Duplex) => void,
): Promise<Host> {
  const server: Server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const tries: string[] = [];
  server.on('upgrade', (request, socket, head) => {
    tries.push(request.url ?? '');
    if (refuse !== undefined) return refuse(socket);
    sockets.handleUpgrade(request, socket, head, (ws) => onConnection(ws, tries.length));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const ws of sockets.clients) ws.terminate();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/subscribe`, tries };
}

interface Reading {
  readonly frames: string[];
  readonly ends: Ended[];
  /** Resolves when `done` says so; then the source is stopped. */
  until(done: () => boolean): Promise<void>;
}

/** Runs the source over hosts into an array of frames. */
function read(
  hosts: readonly string[],
  options: { sink?: Partial<EventSink>; source?: Partial<JetstreamOptions>; point?: Cursor } = {},
): Reading {
  const frames: string[] = [];
  const ends: Ended[] = [];
  const stop = new AbortController();
  cleanups.push(() => stop.abort());
  let check: () => void = () => {};
  const taken = (_: unknown, text: string): void => {
    frames.push(text);
    check();
  };
  const sink: EventSink = {
    event: taken,
    rejected: taken,
    isFull: () => false,
    waitForRoom: async () => {},
    ...options.sink,
  };
  const position = createStreamPosition({ saved: undefined, startMicros: undefined, now: () => new Date() });
  const source = sourceOf({
    hosts,
    position: { ...position, resumePoint: () => options.point },
    events: { ended: (_host, end) => void ends.push(end) },
    ...options.source,
  });
  const running = source.run(sink, stop.signal);
  return {
    frames,
    ends,
    until: async (done) => {
      await new Promise<void>((resolve) => {
        const timer = setInterval(() => check(), 5);
        check = () => {
          if (!done()) return;
          clearInterval(timer);
          resolve();
        };
        check();
      });
      stop.abort();
      await running;
    },
  };
}

describe('a connection', () => {
  test('asks for everything from the resume point on', async () => {
    const host = await startHost((ws) => ws.send('{}'));
    const reading = read([host.url], { point: timeCursor(1_783_175_888_000_000) });
    await reading.until(() => reading.frames.length > 0);
    expect(host.tries).toEqual(['/subscribe?cursor=1783175888000000']);
  });

  test('takes a frame with invalid UTF-8, and all that come after it', async () => {
    const host = await startHost((ws) => {
      ws.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
      ws.send('next');
    });
    const reading = read([host.url]);
    await reading.until(() => reading.frames.length === 2);
    expect(reading.frames).toEqual(['"\ufffd"', 'next']);
    expect(host.tries).toHaveLength(1);
  });

  test('takes binary frames too', async () => {
    const host = await startHost((ws) => ws.send(Buffer.from('{"a":1}'), { binary: true }));
    const reading = read([host.url]);
    await reading.until(() => reading.frames.length === 1);
    expect(reading.frames).toEqual(['{"a":1}']);
  });

  test('that falls silent is ended, and begun again', async () => {
    const host = await startHost((ws, nth) => (nth === 1 ? undefined : ws.send('at last')));
    const reading = read([host.url], { source: { idleTimeoutMs: 100 } });
    await reading.until(() => reading.frames.length === 1);
    expect(reading.ends[0]).toMatchObject({ reason: 'idle', events: 0 });
  });

  test('that the server closes is begun again, with its words kept', async () => {
    const host = await startHost((ws, nth) => (nth === 1 ? ws.close(1001, 'shutting down') : ws.send('back')));
    const reading = read([host.url]);
    await reading.until(() => reading.frames.length === 1);
    expect(reading.ends[0]).toMatchObject({ reason: 'closed', detail: 'closed with 1001 shutting down' });
  });

  test('that brings a frame above the limit is begun again with the limit told to the server', async () => {
    const host = await startHost((ws, nth) =>
      nth === 1 ? ws.send(Buffer.alloc(33 * 1024 * 1024, 0x20)) : ws.send('next'),
    );
    const reading = read([host.url]);
    await reading.until(() => reading.frames.length === 1);
    expect(reading.ends[0]?.reason).toBe('too_large');
    expect(host.tries).toEqual(['/subscribe', `/subscribe?maxMessageSizeBytes=${32 * 1024 * 1024}`]);
  });
});

describe('when the sink is full', () => {
  test('for a moment, the connection stays', async () => {
    const host = await startHost((ws) => ['1', '2'].map((text) => ws.send(text)));
    let full = true;
    const waitForRoom = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      full = false;
    };
    const reading = read([host.url], { sink: { isFull: () => full, waitForRoom } });
    await reading.until(() => reading.frames.length === 2);
    expect(host.tries).toHaveLength(1);
  });

  test('for longer, the connection is closed on purpose, at once, and begun again when there is room', async () => {
    const room = Promise.withResolvers<void>();
    let full = true;
    const host = await startHost((ws, nth) => {
      if (nth > 1) return ws.send('next connection');
      for (let i = 0; i < 8_000; i++) ws.send(String(i).padEnd(1_000));
      ws.on('close', () => ((full = false), room.resolve()));
    });
    const isFull = () => full && reading.frames.length > 0;
    const waitForRoom = async () => {
      if (isFull()) await room.promise;
    };
    const reading: Reading = read([host.url], { sink: { isFull, waitForRoom }, source: { maxPauseMs: 50 } });
    await reading.until(() => reading.frames.at(-1) === 'next connection');
    expect(reading.ends[0]).toMatchObject({ reason: 'backpressure', events: reading.frames.length - 1 });
    expect(reading.frames.slice(0, -1).map(Number)).toEqual(Array.from(reading.frames.slice(0, -1).keys()));
    expect(reading.frames.length).toBeLessThan(8_000);
  });
});

describe('of several hosts', () => {
  test('the next is read when one refuses, and its answer is kept', async () => {
    const refusing = await startHost(
      () => {},
      (socket) =>
        socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 11\r\n\r\nstarting up'),
    );
    const good = await startHost((ws) => ws.send('here'));
    const reading = read([refusing.url, good.url]);
    await reading.until(() => reading.frames.length === 1);
    expect(reading.ends[0]).toMatchObject({
      reason: 'refused',
      detail: expect.stringContaining('HTTP 503: starting up'),
    });
  });

  test('the next is read when one can not be reached', async () => {
    const gone = await startHost(() => {});
    for (const cleanup of cleanups.splice(0)) cleanup();
    const good = await startHost((ws) => ws.send('here'));
    const reading = read([gone.url, good.url]);
    await reading.until(() => reading.frames.length === 1);
    expect(reading.ends[0]?.reason).toBe('unreachable');
  });

  test('the first is read again when no other is any better', async () => {
    const silent = await startHost((ws) => ws.terminate());
    const good = await startHost((ws, nth) => (nth === 1 ? ws.terminate() : ws.send('here')));
    const reading = read([good.url, silent.url]);
    await reading.until(() => reading.frames.length === 1);
    expect([good.tries.length, silent.tries.length]).toEqual([2, 1]);
  });
});
