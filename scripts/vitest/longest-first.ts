import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, so that none of them runs alone at the end. The rest goes by size. */
const LONGEST = [
  'archive-since',
  'cluster-equal',
  'indexer-crash',
  'verify-world',
  'indexer-gaps',
  'migrate-one-row',
  'indexer-standby',
  'verify-console',
  'http-outage',
  'search-cleanup',
  'indexer-outage',
  'account-clocks',
  'feedgen-rolling-restart',
  'verify-archive',
  'erase',
  'labelers',
  'restore',
  'verify-feeds',
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
