import { type Progress, UnavailableError } from '@updraft/store';
import { expect, test } from 'vitest';
import { type PastDeps, readPast } from './past.ts';

test('ClickHouse may go away between the start and the first question for the saved progress', async () => {
  const saved: Progress = { lastSeq: 1, host: 'wss://host', oldestKeptMicros: 0, recent: [], savedAt: '' };
  let isAway = true;
  const warned: string[] = [];
  const deps = {
    config: { hosts: [], since: undefined },
    log: { warn: (_: object, text: string) => void warned.push(text) },
    cursor: {
      save: () => Promise.resolve(true),
      load: () => {
        if (!isAway) return Promise.resolve(saved);
        isAway = false;
        return Promise.reject(new UnavailableError('ClickHouse is starting.'));
      },
    },
  };
  expect(await readPast(deps as unknown as PastDeps, new AbortController().signal)).toEqual(saved);
  expect(warned).toEqual([expect.stringContaining('trying again')]);
});
