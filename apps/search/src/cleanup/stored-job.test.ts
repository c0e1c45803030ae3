import { expect, test } from 'vitest';
import { DEFAULT_KEEP } from './keep.ts';
import { newJob } from './new-job.ts';
import { toJob, toRow } from './stored-job.ts';

const NOON = Date.UTC(2026, 6, 4, 12);
const plan = { total: 3, kept: { pinned: 1 }, byType: { post: 2, like: 1 } };
const job = {
  ...newJob('j', 'did:plc:a', { rule: { types: ['post', 'like'], olderThanMs: NOON }, keep: DEFAULT_KEEP, plan }, NOON),
  refreshToken: 'sealed',
};
const stored = (keptJson: string) => ({
  ...toRow(job),
  keptJson,
  version: 1,
  secretHash: '',
  isCancelRequested: false,
});

test('a job is read as it was written, and what earlier versions wrote of it, too', () => {
  expect(toJob(stored(toRow(job).keptJson))).toEqual(job);
  expect(toJob(stored('{"pinned":1}'))).toEqual({ ...job, byType: {} });
  for (const odd of ['', '{', '{"kept":1}', '{"of a later version":1}'])
    expect(toJob(stored(odd))).toEqual({ ...job, kept: {}, byType: {} });
});
