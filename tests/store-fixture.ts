import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse } from '@updraft/local';
import { type ClickHouse, type ClickHouseOptions, createClickHouse, ensureDatabase } from '@updraft/store';
import { createMigratedDatabase } from './migrated-database.ts';
import { startWatched } from './watched-server.ts';

/** ClickHouse's engine of a test file's own, with an empty or a migrated database. */
export interface StoreFixture extends AsyncDisposable {
  readonly connection: ClickHouseOptions;
  readonly clickhouse: ClickHouse;
  readonly port: number;
  /** SIGKILL, and nothing is started again. */
  kill(): Promise<void>;
  /** On the same port and data as before. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startStore({ migrated = true } = {}): Promise<StoreFixture> {
  const dataDir = await mkdtemp(join(tmpdir(), 'updraft-store-'));
  const startEngine = (port?: number) =>
    startWatched('ClickHouse', (onLine) => startClickHouse({ dataDir, port, onLine }));
  let engine = await startEngine();
  const connection = {
    address: engine.url,
    ...engine.logins.migrations,
    database: `test_${randomBytes(4).toString('hex')}`,
  };
  await (migrated ? createMigratedDatabase : ensureDatabase)(connection);
  const clickhouse = createClickHouse(connection);
  const close = async () => {
    await clickhouse.close();
    await engine.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  };
  return {
    connection,
    clickhouse,
    port: engine.port,
    kill: async () => {
      await engine.kill('SIGKILL');
    },
    start: async () => {
      engine = await startEngine(engine.port);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
