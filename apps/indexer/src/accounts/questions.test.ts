import { type AccountEvent, timeVersion, type Version, versionToBigInt } from '@updraft/atproto';
import { afterAll, expect, test } from 'vitest';
import type { AccountAnswer } from './ask-server.ts';
import { createQuestions } from './questions.ts';

const stop = new AbortController();
afterAll(() => stop.abort());

const NOW_MS = 1_783_175_880_000;

function status(eventMs: number, active: boolean, timeMs: number): AccountEvent {
  const [eventMicros, timeUs] = [eventMs * 1_000, timeMs * 1_000];
  return { kind: 'account', did: 'did:plc:a', cursor: undefined, timeUs, eventMicros, active, status: '' };
}

test('what happens while a server is asked counts as later than its answer', async () => {
  let nowMs = NOW_MS;
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<AccountAnswer>()];
  const rows: object[] = [];
  const doubts: string[] = [];
  const questions = createQuestions({
    ask: () => {
      asked.resolve();
      return answered.promise;
    },
    writer: {
      write: async ([block]) => void rows.push(block?.row(0) ?? {}),
    },
    erased: { has: () => false },
    counts: { doubt: (reason) => doubts.push(reason), answer: () => {} },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} } as never,
    now: () => nowMs,
    timing: { waitMs: 0, retriesMs: [] },
  });
  questions.observe(status(NOW_MS + 600_000, false, NOW_MS - 1));
  void questions.run(stop.signal);
  await asked.promise;
  nowMs += 9_000;
  const meanwhile = status(NOW_MS + 2_000, false, NOW_MS + 2_100);
  questions.observe(meanwhile);
  answered.resolve({ active: true, status: '', handle: undefined });
  await expect.poll(() => rows).toHaveLength(1);
  const { version } = rows[0] as { version: Version };
  expect(versionToBigInt(version)).toBeLessThan(versionToBigInt(timeVersion(meanwhile.eventMicros)));

  questions.observe(status(NOW_MS + 1_000, true, NOW_MS + 2_200));
  expect(doubts).toEqual(['clock', 'order']);
});
