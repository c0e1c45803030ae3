import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ClickHouseOptions } from '@updraft/store';

export interface ClickHouseWithUsers extends AsyncDisposable {
  /** How one of deploy/clickhouse/users.xml connects. */
  as(user: string): ClickHouseOptions;
}

const USERS = ['updraft', 'indexer', 'feedgen', 'search'];
const passwordOf = (user: string): string => `password of ${user}`;
/** What the official image's config.xml asks for. */
const STRICT = `<access_control_improvements>
  <select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>
  <select_from_information_schema_requires_grant>true</select_from_information_schema_requires_grant>
  <table_engines_require_grant>true</table_engines_require_grant>
</access_control_improvements>`;
/** The server's own session, which opens its port, is `default`'s too. */
const OWN_SESSION =
  '<query>GRANT SYSTEM LISTEN ON *.*</query><query>GRANT SELECT ON system.numbers</query><query>GRANT SELECT ON system.one</query>';

/** A server of a test's own with the users of deploy/clickhouse/users.xml, and an empty data folder. */
export async function startClickHouseWithUsers(): Promise<ClickHouseWithUsers> {
  const folder = await mkdtemp(join(tmpdir(), 'updraft-users-'));
  const port = await freePort();
  await writeConfig(folder, port);
  const hashes = USERS.map((user) => [
    `CLICKHOUSE_${user.toUpperCase()}_SHA256`,
    createHash('sha256').update(passwordOf(user)).digest('hex'),
  ]);
  const args = [
    '--experimental-ffi',
    join(import.meta.dirname, 'engine-server.mjs'),
    libraryPath(),
    join(folder, 'config.xml'),
  ];
  const server = spawn(process.execPath, args, {
    env: { ...process.env, ...Object.fromEntries(hashes) },
    stdio: 'ignore',
    detached: true,
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

async function writeConfig(folder: string, port: number): Promise<void> {
  const users = await readFile(join(import.meta.dirname, '../../deploy/clickhouse/users.xml'), 'utf8');
  const dictionaries = '<query>GRANT SELECT ON atproto.*</query></grants>\n    </default>';
  if (!users.includes(dictionaries)) throw new Error('users.xml has no user for the dictionaries');
  await writeFile(
    join(folder, 'users.xml'),
    users
      .replace(dictionaries, dictionaries.replace('</grants>', `${OWN_SESSION}</grants>`))
      .replace('<profile>dictionaries</profile>', '<profile>default</profile>')
      .replaceAll(' replace="replace"', '')
      .replace('</users>', '</users>\n  <quotas><default></default></quotas>'),
  );
  await writeFile(
    join(folder, 'config.xml'),
    `<clickhouse>
  <path>${folder}/data/</path>
  <users_config>${folder}/users.xml</users_config>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${port}</http_port>
  <timezone>UTC</timezone>
  <backups><allowed_path>${folder}/backups/</allowed_path></backups>
  <max_server_memory_usage>1000000000</max_server_memory_usage>
  ${STRICT}
</clickhouse>`,
  );
  await mkdir(join(folder, 'data/metadata'), { recursive: true });
  await writeFile(
    join(folder, 'data/metadata/default.sql'),
    `ATTACH DATABASE _ UUID '${randomUUID()}'\nENGINE = Atomic\n`,
  );
}

function libraryPath(): string {
  const local = createRequire(join(import.meta.dirname, '../../packages/local/package.json'));
  const chdb = createRequire(local.resolve('chdb/package.json'));
  const [platform, file] = process.platform === 'darwin' ? ['darwin', 'libchdb.dylib'] : ['linux', 'libchdb.so'];
  const name = `@chdb/lib-${platform}-${process.arch}${platform === 'linux' ? '-gnu' : ''}`;
  return join(dirname(chdb.resolve(`${name}/package.json`)), file);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function untilAnswering(url: string, server: { readonly exitCode: number | null }): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error('the server has ended');
    const answers = await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
