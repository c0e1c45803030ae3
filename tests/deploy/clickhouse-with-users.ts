import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@updraft/local';
import type { ClickHouseOptions } from '@updraft/store';
import { until } from '../until.ts';
import { startUsersServer } from './users-server.ts';

export interface ClickHouseWithUsers extends AsyncDisposable {
  /** How one of deploy/clickhouse/users.xml connects. */
  as(user: string): ClickHouseOptions;
}

const USERS = ['updraft', 'indexer', 'feedgen', 'search'];
const passwordOf = (user: string): string => `password of ${user}`;

/** A server of a test's own with the users of deploy/clickhouse/users.xml, and an empty data folder. */
export async function startClickHouseWithUsers(): Promise<ClickHouseWithUsers> {
  const folder = await mkdtemp(join(tmpdir(), 'updraft-users-'));
  const port = await freePort();
  const hashes = USERS.map((user) => [
    `CLICKHOUSE_${user.toUpperCase()}_SHA256`,
    createHash('sha256').update(passwordOf(user)).digest('hex'),
  ]);
  const server = await startUsersServer({
    folder,
    port,
    host: '127.0.0.1',
    usersXmlPath: join(import.meta.dirname, '../../deploy/clickhouse/users.xml'),
    env: Object.fromEntries(hashes),
  });
  const ended = once(server, 'exit');
  await untilAnswering(`http://127.0.0.1:${port}/ping`, server);
  return {
    as: (username) => ({
      address: `127.0.0.1:${port}`,
      username,
      password: passwordOf(username),
      database: 'atproto',
    }),
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilAnswering(url: string, server: { readonly exitCode: number | null }): Promise<void> {
  await until(() => {
    if (server.exitCode !== null) throw new Error('the server has ended');
    return fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
      (response) => response.ok,
      () => false,
    );
  }, `an answer of ${url}`);
}
