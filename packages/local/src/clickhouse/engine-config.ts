import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A user who may log in. The names `default` and '' are the engine's own. */
export interface EngineUser {
  readonly name: string;
  readonly password: string;
  /** `GRANT …` and `REVOKE …`, in this order. */
  readonly grants: readonly string[];
}

/** A cluster as `<remote_servers>` names it: each shard is one server at a native port of this machine. */
export interface RemoteCluster {
  readonly name: string;
  /** By which the servers trust each other: a query goes on as the user who asked. */
  readonly secret: string;
  readonly tcpPorts: readonly number[];
}

export interface EngineSettings {
  /** The data folder, absolute. */
  readonly folder: string;
  readonly httpPort: number;
  /** For ClickHouse's native protocol, which only the shards of a cluster need. */
  readonly tcpPort?: number | undefined;
  readonly users: readonly EngineUser[];
  readonly remoteServers?: RemoteCluster | undefined;
  readonly macros?: Readonly<Record<string, string>> | undefined;
  /** The limit for all queries, merges and caches together. */
  readonly maxMemoryBytes: number;
}

/** The limit of queries that set none themselves. */
const MAX_EXECUTION_TIME_S = 300;
const MIB = 1024 * 1024;

/** Writes a file for the server and one for its users, readable by the owner only. Gives the path of the first. */
export async function writeEngineConfig(settings: EngineSettings): Promise<string> {
  const directory = directoryIn(settings.folder);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const [server, users] = [join(directory, 'config.xml'), join(directory, 'users.xml')];
  await writeFile(server, serverXml(settings, users), { mode: 0o600 });
  await writeFile(users, usersXml(settings.users), { mode: 0o600 });
  await createDefaultDatabase(join(settings.folder, 'metadata'));
  return server;
}

/** Deletes the files once the engine has read them at its start: a user who may SELECT could read the passwords in them, by file(). */
export async function forgetEngineConfig(folder: string): Promise<void> {
  await rm(directoryIn(folder), { recursive: true, force: true });
}

function directoryIn(folder: string): string {
  return join(folder, 'config');
}

/**
 * Makes `default` an Atomic database, as on a server. The engine itself would make an Overlay one, which reads any file that is named like
 * a table.
 */
async function createDefaultDatabase(metadataDir: string): Promise<void> {
  const file = join(metadataDir, 'default.sql');
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  if (exists) return;
  await mkdir(metadataDir, { recursive: true });
  await writeFile(file, `ATTACH DATABASE _ UUID '${randomUUID()}'\nENGINE = Atomic\n`);
}

/** Caches and pools are sized for a developer's machine; ClickHouse's defaults are for a large server. */
function serverXml(settings: EngineSettings, usersFile: string): string {
  const { folder, httpPort, tcpPort, maxMemoryBytes } = settings;
  return `<clickhouse>
  <path>${escapeXml(folder)}/</path>
  <tmp_path>${escapeXml(join(folder, 'tmp'))}/</tmp_path>
  <users_config>${escapeXml(usersFile)}</users_config>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${httpPort}</http_port>
  ${tcpPort === undefined ? '' : `<tcp_port>${tcpPort}</tcp_port>`}
  <http_handlers>${handlersXml(settings.users)}</http_handlers>
  ${clusterXml(settings)}
  <shutdown_wait_unfinished>1</shutdown_wait_unfinished>
  <timezone>UTC</timezone>
  <default_database></default_database>
  <database>default</database>
  <max_server_memory_usage>${maxMemoryBytes}</max_server_memory_usage>
  <mark_cache_size>${256 * MIB}</mark_cache_size>
  <index_mark_cache_size>${64 * MIB}</index_mark_cache_size>
  <primary_index_cache_size>${128 * MIB}</primary_index_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <query_condition_cache_size>${16 * MIB}</query_condition_cache_size>
  <text_index_tokens_cache_size>${32 * MIB}</text_index_tokens_cache_size>
  <text_index_header_cache_size>${32 * MIB}</text_index_header_cache_size>
  <text_index_postings_cache_size>${64 * MIB}</text_index_postings_cache_size>
  <vector_similarity_index_cache_size>${16 * MIB}</vector_similarity_index_cache_size>
  <compiled_expression_cache_size>${32 * MIB}</compiled_expression_cache_size>
  <background_pool_size>8</background_pool_size>
  <background_schedule_pool_size>16</background_schedule_pool_size>
  <background_common_pool_size>4</background_common_pool_size>
  <merge_tree>
    <number_of_free_entries_in_pool_to_execute_mutation>4</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>4</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>6</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
  <backups><allowed_path>${escapeXml(join(folder, 'backups'))}/</allowed_path></backups>
</clickhouse>
`;
}

/**
 * A request meets a handler only if it bears exactly a user's name and password. So nobody logs in over HTTP as `default`, which has no
 * password: the engine's own session and the dictionaries use it.
 */
function handlersXml(users: readonly EngineUser[]): string {
  const query = '<handler><type>dynamic_query_handler</type><query_param_name>query</query_param_name></handler>';
  const rules = users.flatMap(({ name, password }) => [
    `<Authorization>Basic ${Buffer.from(`${name}:${password}`).toString('base64')}</Authorization>`,
    `<X-ClickHouse-User>${escapeXml(name)}</X-ClickHouse-User><X-ClickHouse-Key>${escapeXml(password)}</X-ClickHouse-Key>`,
  ]);
  return `
    <rule><url>/ping</url><methods>GET,HEAD</methods><handler><type>ping</type></handler></rule>
${rules.map((headers) => `    <rule><headers>${headers}</headers>${query}</rule>`).join('\n')}
  `;
}

function clusterXml({ remoteServers, macros }: EngineSettings): string {
  const shards = remoteServers?.tcpPorts.map(
    (port) => `<shard><replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`,
  );
  const cluster =
    remoteServers === undefined
      ? ''
      : `<remote_servers><${remoteServers.name}><secret>${escapeXml(remoteServers.secret)}</secret>${shards?.join('')}</${remoteServers.name}></remote_servers>`;
  const values = Object.entries(macros ?? {}).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return `${cluster}<macros>${values.join('')}</macros>`;
}

/** `default` opens the listeners, runs the query that never ends, and reads the tables of the dictionaries. */
const DEFAULT_GRANTS = ['GRANT SELECT ON *.*', 'GRANT SYSTEM LISTEN ON *.*'];

function usersXml(users: readonly EngineUser[]): string {
  const all = [{ name: 'default', password: '', grants: DEFAULT_GRANTS }, ...users];
  return `<clickhouse>
  <profiles>
    <default>
      <max_execution_time>${MAX_EXECUTION_TIME_S}</max_execution_time>
      <cancel_http_readonly_queries_on_client_close>1</cancel_http_readonly_queries_on_client_close>
      <allow_introspection_functions>0</allow_introspection_functions>
    </default>
  </profiles>
  <users>
${all.map(userXml).join('\n')}
  </users>
  <quotas><default></default></quotas>
</clickhouse>
`;
}

function userXml({ name, password, grants }: EngineUser): string {
  return `    <${name}>
      <password>${escapeXml(password)}</password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants>
${grants.map((grant) => `        <query>${escapeXml(grant)}</query>`).join('\n')}
      </grants>
    </${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
