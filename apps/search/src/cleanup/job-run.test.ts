import type { CleanupJobStore, RepoCleanupJobRow, StoredCleanupJob } from '@updraft/store';
import { expect, test } from 'vitest';
import { createRun, fenceOf, type JobDeps } from './job-run.ts';
import { DEFAULT_KEEP } from './keep.ts';
import { newJob } from './new-job.ts';
import { toRow } from './stored-job.ts';

const NOON = Date.UTC(2026, 6, 4, 12);

test('a lost lease stops a run, which only stores what its session continues with, under its own fence', async () => {
  const rows: RepoCleanupJobRow[] = [];
  const store = { save: async (row: RepoCleanupJobRow) => void rows.push(row) } as Partial<CleanupJobStore>;
  const deps = { store, now: () => NOON } as unknown as JobDeps;
  const plan = { total: 3, kept: {}, byType: {} };
  const task = { rule: { types: ['post'], olderThanMs: NOON }, keep: DEFAULT_KEEP, plan } as const;
  const row = { ...toRow({ ...newJob('j', 'did:plc:a', task, NOON), refreshToken: 'old' }), version: 1 };
  const stored: StoredCleanupJob = { ...row, secretHash: '', isCancelRequested: false };
  const lost = new AbortController();
  const run = createRun(deps, stored, { fence: 7, signal: lost.signal, release: async () => {} }, lost.signal);
  await run.step({ kind: 'started' });
  lost.abort(new Error('the lease is lost'));
  await expect(run.step({ kind: 'completed' })).rejects.toThrow('the lease is lost');
  await run.keepSecret('new');
  expect(rows.map(({ refreshToken, jobState }) => [refreshToken, jobState])).toEqual([
    ['old', 'running'],
    ['new', 'running'],
  ]);
  expect(rows.map(fenceOf)).toEqual([7, 7]);
});
