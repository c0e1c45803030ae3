import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MigrationError } from '../errors.ts';
import type { Migration } from './types.ts';

/** The repository's migrations/. */
export const MIGRATIONS_DIRECTORY = resolve(import.meta.dirname, '../../../../migrations');

const FILE_NAME = /^(\d{4})_([a-z0-9_]+)\.(up|down)\.sql$/;

/** Reads a folder of NNNN_name.{up,down}.sql, by version. @throws MigrationError for a stray file, a missing half or a number used twice. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const halves = new Map<string, { up?: string; down?: string }>();
  for (const file of (await readdir(directory)).filter((name) => name.endsWith('.sql')).toSorted()) {
    const [, number, name, direction] = FILE_NAME.exec(file) ?? [];
    if (number === undefined) throw new MigrationError(`${file} is not named NNNN_name.up.sql or NNNN_name.down.sql`);
    const half = halves.get(`${number}_${name}`) ?? {};
    half[direction === 'up' ? 'up' : 'down'] = await readFile(join(directory, file), 'utf8');
    halves.set(`${number}_${name}`, half);
  }
  const migrations = [...halves].map(([stem, half]) => migrationOf(stem, half));
  const twice = migrations.find((migration, index) => migrations[index - 1]?.version === migration.version);
  if (twice !== undefined)
    throw new MigrationError(`two migrations have the number ${twice.version}: rename ${stemOf(twice)}`);
  return migrations;
}

/** Writes an empty pair of files with the next number, and gives their paths. @throws MigrationError when the name is not lower case with underscores. */
export async function createMigration(name: string, directory: string = MIGRATIONS_DIRECTORY): Promise<string[]> {
  if (!/^[a-z0-9_]+$/.test(name))
    throw new MigrationError(`a migration's name is of a-z, 0-9 and _, got ${JSON.stringify(name)}`);
  const last = (await readMigrations(directory)).at(-1)?.version ?? 0;
  const stem = stemOf({ version: last + 1, name });
  const paths = ['up', 'down'].map((direction) => join(directory, `${stem}.${direction}.sql`));
  for (const path of paths) await writeFile(path, '', { flag: 'wx' });
  return paths;
}

/** 3, actors → 0003_actors. */
export function stemOf({ version, name }: { version: number; name: string }): string {
  return `${String(version).padStart(4, '0')}_${name}`;
}

function migrationOf(stem: string, { up, down }: { up?: string; down?: string }): Migration {
  if (up === undefined || down === undefined)
    throw new MigrationError(`${stem} lacks its .${up === undefined ? 'up' : 'down'}.sql`);
  return {
    version: Number(stem.slice(0, 4)),
    name: stem.slice(5),
    upSql: up,
    downSql: down,
    checksum: createHash('sha256').update(up).digest('hex'),
  };
}
