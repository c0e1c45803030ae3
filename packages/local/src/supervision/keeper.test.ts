import { SetupError } from '@updraft/service';
import { describe, expect, test } from 'vitest';
import type { ChildExit } from '../process/child.ts';
import { createKeeper } from './keeper.ts';
import type { Part, PartEvent } from './part.ts';

/** A part whose ends the test decides. */
function createFakePart(failures: Error[] = [], saidAtMs = 0) {
  const lives: PromiseWithResolvers<ChildExit>[] = [];
  const part: Part = {
    name: 'fake',
    async start({ onSpawn }) {
      const failure = lives.length > 0 ? failures.shift() : undefined;
      if (failure !== undefined) throw failure;
      const life = Promise.withResolvers<ChildExit>();
      lives.push(life);
      onSpawn(lives.length);
      const end = async (signal: NodeJS.Signals) => life.resolve({ code: null, signal });
      return {
        pid: lives.length,
        exited: life.promise,
        lastWords: () => ({ text: 'out of luck', atMs: saidAtMs }),
        stop: () => end('SIGTERM'),
        kill: end,
      };
    },
  };
  const die = (exit: ChildExit = { code: 1, signal: null }) => lives.at(-1)?.resolve(exit);
  return { part, lives, die };
}

function createWait() {
  const calls: string[] = [];
  let next = 0;
  return { calls, next: () => (calls.push('next'), next++), reset: () => void calls.push('reset') };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate);
}

describe('keeping a part running', () => {
  test('a part that ends is started again, and its end and its return are told', async () => {
    const { part, lives, die } = createFakePart();
    const events: PartEvent[] = [];
    const keeper = createKeeper(part, { report: (event) => events.push(event), wait: createWait() });
    await keeper.start();
    die();
    await until(() => lives.length === 2 && keeper.status().state === 'running');
    expect(keeper.status()).toMatchObject({ pid: 2, restarts: 1 });
    expect(events.map(({ text }) => text)).toEqual([
      'ended (exit code 1): out of luck',
      'starting again in 0.0 s',
      'running again (pid 2)',
    ]);
    await keeper.stop(1_000);
  });

  test.for([
    ['of the last seconds explain an end', { code: null, signal: 'SIGABRT' }, 1_000, ': out of luck'],
    ['of long ago do not', { code: null, signal: 'SIGABRT' }, 20_000, ''],
    ['of long ago do not explain an end in order', { code: 0, signal: null }, 20_000, ''],
    ['explain a failing exit, however long it took', { code: 1, signal: null }, 20_000, ': out of luck'],
    ['never explain a kill', { code: null, signal: 'SIGKILL' }, 0, ''],
  ] as const)('words %s', async ([, exit, ageMs, told]) => {
    const { part, lives, die } = createFakePart([], 100_000 - ageMs);
    const events: string[] = [];
    const report = ({ text }: PartEvent) => events.push(text);
    const keeper = createKeeper(part, { report, wait: createWait(), now: () => 100_000 });
    await keeper.start();
    die(exit);
    await until(() => lives.length === 2);
    expect(events[0]?.replace(/^ended \(.*\)/, '')).toBe(told);
    await keeper.stop(1_000);
  });

  test('a restart that fails is told and tried again after a longer wait', async () => {
    const { part, lives, die } = createFakePart([new SetupError('Port 1 is in use'), new Error('odd')]);
    const events: string[] = [];
    const wait = createWait();
    const keeper = createKeeper(part, { report: ({ text }) => events.push(text), wait });
    await keeper.start();
    die();
    await until(() => lives.length === 2);
    expect(events).toContain('did not start: Port 1 is in use');
    expect(events).toContain('did not start: Error: odd');
    expect(wait.calls).toEqual(['next', 'next', 'next']);
    await keeper.stop(1_000);
  });

  test('waits are short again after a life of half a minute', async () => {
    const { part, lives, die } = createFakePart();
    const wait = createWait();
    let nowMs = 0;
    const keeper = createKeeper(part, { report: () => {}, wait, now: () => nowMs });
    await keeper.start();
    die();
    await until(() => lives.length === 2 && keeper.status().state === 'running');
    nowMs += 30_000;
    die();
    await until(() => lives.length === 3);
    expect(wait.calls).toEqual(['next', 'reset', 'next']);
    await keeper.stop(1_000);
  });

  test('a part that is stopped stays stopped', async () => {
    const { part, lives } = createFakePart();
    const pids: [number, boolean][] = [];
    const keeper = createKeeper(part, { report: () => {}, onPid: async (pid, alive) => void pids.push([pid, alive]) });
    await keeper.start();
    await keeper.stop(1_000);
    expect(keeper.status()).toMatchObject({ state: 'stopped', pid: undefined });
    expect(lives).toHaveLength(1);
    expect(pids).toEqual([
      [1, true],
      [1, false],
    ]);
  });

  test('stopping ends a wait for the next start', async () => {
    const { part, lives, die } = createFakePart();
    const keeper = createKeeper(part, { report: () => {}, wait: { next: () => 1e6, reset: () => {} } });
    await keeper.start();
    die();
    await until(() => keeper.status().state === 'waiting');
    await keeper.stop(1_000);
    expect(lives).toHaveLength(1);
  });

  test('a first start that fails is the caller’s to see', async () => {
    const part: Part = { name: 'fake', start: () => Promise.reject(new SetupError('no such file')) };
    await expect(createKeeper(part, { report: () => {} }).start()).rejects.toThrow('no such file');
  });
});
