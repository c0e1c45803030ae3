import { expect, test } from 'vitest';
import { LimitError } from './limit-error.ts';
import { createTurns, type Turns } from './turns.ts';

const make = (options: Partial<Parameters<typeof createTurns>[0]> = {}): Turns =>
  createTurns({ atOnce: 2, perCaller: 1, what: 'searches', ...options });

/** A turn that lasts until it is disposed of. */
function hold(turns: Turns, caller: string, signal?: AbortSignal): Promise<Disposable> {
  const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
  const work = () => {
    const ended = Promise.withResolvers<void>();
    resolve({ [Symbol.dispose]: () => ended.resolve() });
    return ended.promise;
  };
  turns.run(caller, work, signal).catch(reject);
  return promise;
}

/** Takes a turn and notes its name when it begins. */
function takeNoted(turns: Turns, begun: string[], caller: string, name = caller): Promise<Disposable> {
  return hold(turns, caller).then((turn) => {
    begun.push(name);
    return turn;
  });
}

const refusalOf = (taken: Promise<Disposable>) =>
  taken.then(
    () => undefined,
    (error: unknown) =>
      error instanceof LimitError ? [error.whose, error.status, error.headers['retry-after']] : error,
  );

test('a caller beyond its share is refused with a 429, and a full whole with a 503, both saying when to come back', async () => {
  const turns = make();
  await hold(turns, 'a');
  expect(await refusalOf(hold(turns, 'a'))).toEqual(['caller', 429, '1']);
  await hold(turns, 'b');
  expect(await refusalOf(hold(turns, 'c'))).toEqual(['all', 503, '1']);
});

test('a turn makes room when its work fails', async () => {
  const turns = make({ atOnce: 1 });
  await expect(turns.run('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  await hold(turns, 'b');
  expect(await refusalOf(hold(turns, 'c'))).toEqual(['all', 503, '1']);
  expect(turns.counts()).toEqual({ underWay: 1, waiting: 0 });
});

test('the next turn goes to the caller with the fewest under way, whoever came first', async () => {
  const turns = make({ atOnce: 3, perCaller: 2, presentPerCaller: 4, maxWaiting: 8 });
  const begun: string[] = [];
  const first = await hold(turns, 'busy');
  const second = await hold(turns, 'busy');
  const third = await hold(turns, 'other');
  const waiting = [takeNoted(turns, begun, 'busy'), takeNoted(turns, begun, 'busy'), takeNoted(turns, begun, 'new')];
  third[Symbol.dispose]();
  await waiting[2];
  expect(begun).toEqual(['new']);
  first[Symbol.dispose]();
  await waiting[0];
  expect(begun).toEqual(['new', 'busy']);
  second[Symbol.dispose]();
  await waiting[1];
  expect(turns.counts()).toEqual({ underWay: 3, waiting: 0 });
});

test('a caller never holds more than its share, though turns are free', async () => {
  const turns = make({ atOnce: 4, perCaller: 1, presentPerCaller: 3, maxWaiting: 8 });
  const begun: string[] = [];
  const first = await takeNoted(turns, begun, 'a', 'a1');
  const second = takeNoted(turns, begun, 'a', 'a2');
  const third = takeNoted(turns, begun, 'a', 'a3');
  expect(await refusalOf(hold(turns, 'a'))).toEqual(['caller', 429, '1']);
  await takeNoted(turns, begun, 'b');
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  expect(begun).toEqual(['a1', 'b', 'a2', 'a3']);
});

test('a caller who waits too long for its own turns is told so', async () => {
  const turns = make({ presentPerCaller: 2, maxWaiting: 2, maxWaitMs: 20 });
  await hold(turns, 'a');
  expect(await refusalOf(hold(turns, 'a'))).toEqual(['caller', 429, '1']);
});

test('a caller who waits too long for others is told to come back, and one who leaves is out of the queue', async () => {
  const turns = make({ atOnce: 1, maxWaiting: 2, maxWaitMs: 20 });
  await hold(turns, 'a');
  const going = new AbortController();
  const gone = hold(turns, 'b', going.signal);
  const patient = hold(turns, 'c');
  going.abort(new Error('gone'));
  await expect(gone).rejects.toThrow('gone');
  expect(turns.counts()).toEqual({ underWay: 1, waiting: 1 });
  expect(await refusalOf(patient)).toEqual(['all', 503, '1']);
  expect(turns.counts()).toEqual({ underWay: 1, waiting: 0 });
});
