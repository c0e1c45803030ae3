import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databases, startDatabases } from '../../tests/world/databases.ts';

/** Writes a line for people; the figures alone go to stdout. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Measures on databases in a folder of their own, prints the figures as one line of JSON, and ends the process. A failed bench leaves its folder. */
export async function withDatabases(
  name: string,
  measure: (databases: Databases, folder: string) => Promise<object>,
): Promise<never> {
  const folder = await mkdtemp(join(tmpdir(), `updraft-bench-${name}-`));
  {
    await using databases = await startDatabases(folder);
    process.stdout.write(`${JSON.stringify(await measure(databases, folder))}\n`);
  }
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
}
