// ClickHouse's server, out of the library that npm's chdb ships, with the users of deploy/clickhouse/users.xml. Tests start it; so does the image
// that stands in for ClickHouse's own where that can't be pulled: FOLDER PORT HOST USERS_XML, and the hashes of the passwords in the
// environment, as env/clickhouse.env has them.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findEngineLibrary } from '../../packages/local/src/clickhouse/library.ts';

export interface UsersServerOptions {
  readonly folder: string;
  readonly port: number;
  readonly host: string;
  readonly usersXmlPath: string;
  /** Holds CLICKHOUSE_NAME_SHA256 of each user. */
  readonly env: NodeJS.ProcessEnv;
}

const MAIN = join(import.meta.dirname, '../../packages/local/src/clickhouse/engine-main.ts');

/** What the official image's config.xml asks for. */
const STRICT = `<access_control_improvements>
  <select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>
  <select_from_information_schema_requires_grant>true</select_from_information_schema_requires_grant>
  <table_engines_require_grant>true</table_engines_require_grant>
</access_control_improvements>`;
/** The server's own session, which opens its port, is `default`'s too. */
const OWN_SESSION =
  '<query>GRANT SYSTEM LISTEN ON *.*</query><query>GRANT SELECT ON system.numbers</query><query>GRANT SELECT ON system.one</query>';

/** The process; SIGTERM ends it. */
export async function startUsersServer(options: UsersServerOptions): Promise<ChildProcess> {
  const config = await writeConfig(options);
  const flags = ['--experimental-ffi', '--disable-warning=ExperimentalWarning'];
  return spawn(process.execPath, [...flags, MAIN, findEngineLibrary().path, options.folder, config, 'HTTP'], {
    env: options.env,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true, // SYSTEM SHUTDOWN ends the whole process group
  });
}

async function writeConfig({ folder, port, host, usersXmlPath }: UsersServerOptions): Promise<string> {
  const [config, users, metadata] = [
    join(folder, 'config.xml'),
    join(folder, 'users.xml'),
    join(folder, 'data/metadata'),
  ];
  await mkdir(metadata, { recursive: true });
  await writeFile(users, usersOfAProgram(await readFile(usersXmlPath, 'utf8')));
  await writeFile(
    config,
    `<clickhouse>
  <path>${folder}/data/</path>
  <tmp_path>${folder}/data/tmp/</tmp_path>
  <users_config>${users}</users_config>
  <listen_host>${host}</listen_host>
  <http_port>${port}</http_port>
  <timezone>UTC</timezone>
  <backups><allowed_path>${folder}/backups/</allowed_path></backups>
  <max_server_memory_usage>1000000000</max_server_memory_usage>
  ${STRICT}
</clickhouse>`,
  );
  const database = join(metadata, 'default.sql');
  const exists = await stat(database).then(
    () => true,
    () => false,
  );
  if (!exists) await writeFile(database, `ATTACH DATABASE _ UUID '${randomUUID()}'\nENGINE = Atomic\n`);
  return config;
}

/** users.xml is merged over the image's own in production; here it is all there is. */
function usersOfAProgram(users: string): string {
  const dictionaries = '<query>GRANT SELECT ON atproto.*</query></grants>\n    </default>';
  if (!users.includes(dictionaries)) throw new Error('users.xml has no user for the dictionaries');
  return users
    .replace(dictionaries, dictionaries.replace('</grants>', `${OWN_SESSION}</grants>`))
    .replace('<profile>dictionaries</profile>', '<profile>default</profile>')
    .replaceAll(' replace="replace"', '')
    .replace('</users>', '</users>\n  <quotas><default></default></quotas>');
}

if (import.meta.main) {
  const [folder = '', port = '', host = '', usersXmlPath = ''] = process.argv.slice(2);
  const server = await startUsersServer({ folder, port: Number(port), host, usersXmlPath, env: process.env });
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => server.kill('SIGTERM'));
  server.on('exit', (code) => process.exit(code ?? 1));
}
