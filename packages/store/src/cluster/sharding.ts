import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { MigrationError } from '../errors.ts';

/** The content of `sharding.yaml`, which is among the migrations. */
export interface Sharding {
  /** The sharding key of each table. */
  readonly keys: ReadonlyMap<string, string>;
  /** Tables to which a materialized view sends rows that belong on other servers. */
  readonly sentOn: ReadonlySet<string>;
}

const name = z.string().regex(/^\w+$/);
const File = z.strictObject({
  tables: z.record(name, z.string().regex(/^\w+(\([\w, ]+\))?$/)),
  sent_on: z.array(name),
});

/** @throws MigrationError where the file is not there or not of this shape. */
export async function readSharding(migrationsDirectory: string): Promise<Sharding> {
  const path = join(migrationsDirectory, 'sharding.yaml');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new MigrationError(`${path} can't be read: on a cluster it says where the rows of each table stand`, {
      cause,
    });
  });
  const read = File.safeParse(parse(text));
  if (!read.success) throw new MigrationError(`${path}: ${z.prettifyError(read.error)}`, { cause: read.error });
  return { keys: new Map(Object.entries(read.data.tables)), sentOn: new Set(read.data.sent_on) };
}
