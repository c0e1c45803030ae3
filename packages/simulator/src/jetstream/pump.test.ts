import { expect, test } from 'vitest';
import { createWorld, DEFAULT_NOW_MICROS } from '../world/world.ts';
import { startPump } from './pump.ts';
import { startJetstream } from './server.ts';

test('the history comes at full speed, and then the live stream goes by the clock', async () => {
  const world = createWorld({ seed: 1, accounts: 50, eventsPerDay: 5_000, liveRate: 200 });
  await using host = disposable(await startJetstream());
  const stopping = new AbortController();
  const times: number[] = [];
  const pump = startPump({
    world,
    hosts: [host.server],
    onEvent: ({ timeUs }) => times.push(timeUs),
    signal: stopping.signal,
  });
  await pump.caughtUp;
  const history = times.length;
  expect(history).toBeGreaterThan(4_000);
  expect(Math.max(...times)).toBeLessThanOrEqual(DEFAULT_NOW_MICROS + 100_000);
  await expect.poll(() => times.length).toBeGreaterThan(history + 50);
  stopping.abort();
  await pump.done;
  expect(host.server.log.nextSeq - 1).toBe(times.length);
});

test('a stream with an end stops after the given number of events', async () => {
  const world = createWorld({ seed: 1, accounts: 50, eventsPerDay: 5_000 });
  await using host = disposable(await startJetstream());
  const pump = startPump({ world, hosts: [host.server], events: 1_234, signal: AbortSignal.timeout(60_000) });
  await pump.done;
  await pump.caughtUp;
  expect(host.server.log.nextSeq).toBe(1_235);
});

test('an error of a host rejects both promises', async () => {
  const world = createWorld({ seed: 1, accounts: 50, eventsPerDay: 5_000 });
  const full = new Error('no space left on device');
  const append = () => {
    throw full;
  };
  await using host = disposable(await startJetstream());
  const pump = startPump({
    world,
    hosts: [{ append, log: host.server.log }],
    signal: AbortSignal.timeout(60_000),
  });
  await expect(pump.caughtUp).rejects.toBe(full);
  await expect(pump.done).rejects.toBe(full);
});

function disposable<T extends { close(): Promise<void> }>(server: T) {
  return { server, [Symbol.asyncDispose]: () => server.close() };
}
