import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { dumpSchema } from '@updraft/store';
import { startStore } from './store-fixture.ts';

// `just migrate-dump-schema`: writes docs/schema.sql, what the migrations make in an engine of their own.
const file = resolve(import.meta.dirname, '../docs/schema.sql');
await using store = await startStore();
await writeFile(file, await dumpSchema(store.connection));
process.stdout.write(`${file}\n`);
