import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { dumpSchema, migrateUp } from '@updraft/store';
import { listMigrations } from './landed-migrations.ts';
import { quietLog } from './migrated-database.ts';
import { startStore } from './store-fixture.ts';

// `just migrate-dump-schema`: writes docs/schema.sql, what the migrations make in an engine of their own, and lists new migrations in
// migrations/landed.sha256.
const file = resolve(import.meta.dirname, '../docs/schema.sql');
await using store = await startStore({ migrated: false });
await migrateUp({ connection: store.connection, log: quietLog });
await writeFile(file, await dumpSchema(store.connection));
await listMigrations();
process.stdout.write(`${file}\n`);
