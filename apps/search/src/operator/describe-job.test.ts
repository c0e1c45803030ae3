import { expect, test } from 'vitest';
import { describeJob } from './describe-job.ts';

const AT = { version: Date.UTC(2026, 0, 1) * 1000 };
const words = (name: string, progress: unknown) => {
  const { name: said, detail, isDone } = describeJob({ name, progressJson: JSON.stringify(progress), ...AT }) ?? {};
  return [said, detail, isDone];
};

test.each<[string, unknown, unknown[]]>([
  [
    'gap:84fc5512',
    { source: 'the archive', events: 1_200 },
    ['healing of the gap 84fc55', '1,200 events read from the archive', false],
  ],
  ['gap:84fc5512', {}, ['healing of the gap 84fc55', '', true]],
  [
    'list_repos:pds.example',
    { startedAtMs: 1, pages: 2, cursor: 'x' },
    ['accounts of pds.example', '2 pages read', false],
  ],
  ['list_repos:pds.example', { startedAtMs: 1, pages: 2 }, ['accounts of pds.example', '2 pages read', true]],
  ['labels:did:plc:a', { numbering: 0, seq: 5_000 }, ['labels of did:plc:a', 'stored up to number 5,000', false]],
  ['reindex:posts', { read: 10, written: 9 }, ['reindex of posts', '10 read, 9 written again', false]],
  ['reindex:posts', {}, ['reindex of posts', '', true]],
  ['import:abc:likes', { done: ['p1'], part: 'p2', from: 5 }, ['import of likes', '1 parts read', false]],
  ['import:abc:likes', { done: ['p1'], part: '', from: 0 }, ['import of likes', '1 parts read', true]],
  [
    'migration 0013: copied rows',
    { copiedFrom: { 'ch1:8123': 490_000, 'ch2:8123': 489_000 } },
    ['migration 0013: copied rows', `copied back to ${new Date(490_000 * 3_600_000).toISOString()}`, true],
  ],
])('%s with %j is told in words', (name, progress, expected) => {
  expect(words(name, progress)).toEqual(expected);
});

test('bookkeeping is no work, nor is a copy that had nothing to copy', () => {
  for (const progress of [{}, { copiedFrom: {} }, { copiedFrom: { a: 1e300 } }])
    expect(words('migration 0013: copied rows', progress)).toEqual([undefined, undefined, undefined]);
  expect(words('storage:sizes', {})).toEqual([undefined, undefined, undefined]);
  expect(words('daily_stats:actors', {})).toEqual([undefined, undefined, undefined]);
});

test.each(['gap:x', 'list_repos:x', 'labels:x', 'reindex:x', 'import:x:y', 'of a later version'])(
  '%s with a progress of another shape is shown without it',
  (name) => {
    for (const progressJson of ['', 'no json', 'null', '[]', '{"events":"many","copiedFrom":{"a":1e300}}'])
      expect(describeJob({ name, progressJson, ...AT })).toMatchObject({
        detail: '',
        updatedAt: '2026-01-01T00:00:00.000Z',
      });
  },
);
