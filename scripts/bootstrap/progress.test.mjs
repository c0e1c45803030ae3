import { describe, expect, test } from 'vitest';
import { barLine, createDownloads, createProgress, plainLine } from './progress.mjs';

const started = (packageId, size) => ({ name: 'pnpm:fetching-progress', status: 'started', packageId, size });
const inProgress = (packageId, downloaded) => ({
  name: 'pnpm:fetching-progress',
  status: 'in_progress',
  packageId,
  downloaded,
});
const progress = (status, packageId) => ({ name: 'pnpm:progress', status, packageId });

describe('the progress of the installation', () => {
  test('bytes and packages add up, and the largest unfinished package is named', () => {
    const downloads = createDownloads();
    const events = [
      progress('resolved', 'a@1'),
      progress('resolved', '@b/c@2'),
      started('a@1', 1_000_000),
      started('@b/c@2', 9_000_000),
      inProgress('@b/c@2', 4_000_000),
      progress('fetched', 'a@1'),
    ];
    for (const event of events) downloads.accept(event);
    expect(downloads.summary()).toMatchObject({
      resolved: 2,
      fetched: 1,
      bytes: 5_000_000,
      total: 10_000_000,
      current: '@b/c@2',
    });
    expect(plainLine(downloads.summary())).toBe('  5 of 10 MB, 1 of 2 packages');
    expect(barLine(downloads.summary())).toBe(
      `  ${'█'.repeat(12)}${'░'.repeat(12)}  50 %  5 of 10 MB  1/2 packages  @b/c`,
    );
  });

  test('a registry that does not answer is said, and no longer once it does', () => {
    const downloads = createDownloads();
    downloads.accept(started('a@1', null));
    downloads.accept({ name: 'pnpm:request-retry', attempt: 1 });
    expect(plainLine(downloads.summary())).toMatch(/does not answer/);
    downloads.accept(inProgress('a@1', 10));
    expect(plainLine(downloads.summary())).not.toMatch(/does not answer/);
  });

  test('a registry that is asked in vain for long is given up, one that answers at times is not', () => {
    let nowMs = 0;
    const progressOf = () => createProgress({ out: { write: () => {} }, now: () => nowMs });
    const retry = '{"name":"pnpm:request-retry"}';
    const answer = '{"name":"pnpm:fetching-progress","status":"in_progress","packageId":"a","downloaded":1}';
    const [dead, slow] = [progressOf(), progressOf()];
    for (; nowMs < 120_000; nowMs += 10_000) {
      dead.line(retry);
      slow.line(retry);
      slow.line(answer);
    }
    expect([dead.isStuck(), slow.isStuck()]).toEqual([true, false]);
    dead.end();
    slow.end();
  });

  test('where no terminal is, nothing is drawn over and lines that are not pnpm’s do no harm', () => {
    const written = [];
    const shown = createProgress({ out: { write: (text) => written.push(text) }, now: () => 0 });
    for (const line of ['npm warn old', '{', 'null', '{"name":"pnpm:progress","status":"fetched","packageId":"a"}'])
      shown.line(line);
    shown.end();
    expect(written).toEqual(['Installed: 1 packages, 0 MB downloaded\n']);
  });
});
