import { expect, test } from 'vitest';
import { RequestError } from '../../../data/request.ts';
import { countOutcomes, linesAsText, sendInParts } from './send-in-parts.ts';

type Answer = 'ok' | RequestError;

async function run(parts: string[][], answers: Answer[], signal = new AbortController().signal) {
  const sent: (readonly string[])[] = [];
  const waited: number[] = [];
  const progress: number[] = [];
  const result = await sendInParts({
    parts,
    send: async (accounts) => {
      sent.push(accounts);
      const answer = answers.shift() ?? 'ok';
      if (answer !== 'ok') throw answer;
      return {
        results: accounts.map((account) => ({ account, did: `did:plc:${account}`, outcome: 'added' as const })),
      };
    },
    wait: async (seconds) => void waited.push(seconds),
    signal,
    onLines: (lines) => progress.push(lines.length),
  });
  return { ...result, sent, waited, progress };
}

test('each part is sent once, and the lines come part by part', async () => {
  const { sent, progress, lines, error } = await run([['a', 'b'], ['c']], []);
  expect(sent).toEqual([['a', 'b'], ['c']]);
  expect(progress).toEqual([2, 3]);
  expect(lines.map(({ outcome }) => outcome)).toEqual(['added', 'added', 'added']);
  expect(error).toBeUndefined();
});

test('a part that finds the server busy is sent again when the server says', async () => {
  const busy = new RequestError('wait', 429, { retryAfterS: 7 });
  const { sent, waited, lines } = await run([['a']], [busy, new RequestError('away', 503), 'ok']);
  expect(sent).toEqual([['a'], ['a'], ['a']]);
  expect(waited).toEqual([7, 5]);
  expect(lines).toEqual([{ account: 'a', did: 'did:plc:a', outcome: 'added' }]);
});

test('a refusal ends it: what was not sent is told line by line', async () => {
  const { sent, lines, error } = await run([['a'], ['b'], ['c']], ['ok', new RequestError('no', 403)]);
  expect(sent).toEqual([['a'], ['b']]);
  expect(error?.message).toBe('no');
  expect(lines.map(({ outcome }) => outcome)).toEqual(['added', 'unsent', 'unsent']);
});

test('a server that stays away is given up after five tries', async () => {
  const away = Array.from({ length: 9 }, () => new RequestError('away', 503));
  const { sent, error } = await run([['a'], ['b']], away);
  expect(sent).toHaveLength(5);
  expect(error?.status).toBe(503);
});

test('stopping sends no more parts', async () => {
  const { sent, lines, error } = await run([['a']], [], AbortSignal.abort());
  expect(sent).toEqual([]);
  expect(lines).toEqual([{ account: 'a', outcome: 'unsent' }]);
  expect(error).toBeUndefined();
});

test('lines are copied with tabs between, and counted by what became of them', async () => {
  const { lines } = await run([['a'], ['b']], ['ok', new RequestError('no', 403)]);
  expect(linesAsText(lines)).toBe('a\tdid:plc:a\tadded\nb\t\tunsent');
  expect([...countOutcomes(lines)]).toEqual([
    ['added', 1],
    ['unsent', 1],
  ]);
});
