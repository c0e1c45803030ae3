import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, so that none of them runs alone at the end. The rest goes by size. */
const LONGEST = [
  'verify-console',
  'cluster-equal',
  'migrate-one-row',
  'indexer-outage',
  'indexer-gaps',
  'verify-world',
  'archive-since',
  'search-cleanup-results',
  'search-cleanup',
  'indexer-crash',
  'indexer-standby',
  'verify-feeds',
  'search-cleanup-console',
  'labelers',
  'archive-backfill',
  'feedgen-rolling-restart',
  'start',
  'migrate-cluster',
  'observability',
  'http-outage',
  'command-lines',
  'verify-archive',
  'erase',
  'indexer-replay',
  'account-backfill',
  'restore',
  'account-clocks',
  'verify-outage',
].map((name) => resolve(import.meta.dirname, '../../tests', `${name}.test.ts`));

for (const file of LONGEST)
  if (!existsSync(file)) throw new Error(`longest-first.ts names ${file}, which is not there`);

/** Vitest asks for a class. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const bySize = await BaseSequencer.prototype.sort.call(this, files);
    return bySize.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.indexOf(moduleId);
  return rank === -1 ? LONGEST.length : rank;
}
