import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MIGRATIONS_DIRECTORY } from '@updraft/store';

const LIST = join(MIGRATIONS_DIRECTORY, 'landed.sha256');

/** What is wrong with the files of migrations/, each as a sentence that says what to do. */
export async function faultsOfLanded(): Promise<string[]> {
  const [landed, present] = await Promise.all([readLanded(), hashFiles()]);
  const ofLanded = [...landed].flatMap(([file, hash]) => (present.get(file) === hash ? [] : [changedSentence(file)]));
  const unlisted = [...present.keys()].filter((file) => !landed.has(file));
  return [...ofLanded, ...unlisted.map((file) => `${file} is not in landed.sha256: run \`just migrate-dump-schema\``)];
}

/** Adds the files that the list does not have yet; what it says of the others stays. */
export async function listMigrations(): Promise<void> {
  const all = new Map([...(await hashFiles()), ...(await readLanded())]);
  const lines = [...all].map(([file, hash]) => `${hash}  ${file}\n`);
  await writeFile(LIST, lines.toSorted((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join(''));
}

function changedSentence(file: string): string {
  return (
    `${file} is not what landed, and databases that ran it do not run it again: restore it, and put the change into a new migration, ` +
    'or, where it is about how statements run, into packages/store/src/migrations. ' +
    `(If ${file} has not landed yet, delete its line in migrations/landed.sha256 and run \`just migrate-dump-schema\`.)`
  );
}

/** In the form of sha256sum. */
async function readLanded(): Promise<Map<string, string>> {
  const lines = (await readFile(LIST, 'utf8')).split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

async function hashFiles(): Promise<Map<string, string>> {
  const names = (await readdir(MIGRATIONS_DIRECTORY)).filter((name) => name.endsWith('.sql')).toSorted();
  const hashOf = async (name: string) =>
    createHash('sha256')
      .update(await readFile(join(MIGRATIONS_DIRECTORY, name)))
      .digest('hex');
  return new Map(await Promise.all(names.map(async (name) => [name, await hashOf(name)] as const)));
}
