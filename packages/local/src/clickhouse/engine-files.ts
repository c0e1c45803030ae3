import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_ENGINES } from './outward.ts';

export interface EngineLimits {
  /** What all queries, merges and caches may take together. */
  readonly maxMemoryBytes: number;
  /** For queries that set none themselves. */
  readonly maxExecutionTimeS: number;
}

/** Writes the engine's configuration into its data directory; gives the path of its file. */
export async function writeEngineFiles(dataDir: string, limits: EngineLimits): Promise<string> {
  const directory = join(dataDir, 'config');
  await mkdir(directory, { recursive: true });
  const configFile = join(directory, 'config.xml');
  await writeFile(configFile, configXml(join(directory, 'users.xml'), limits));
  await writeFile(join(directory, 'users.xml'), usersXml(limits));
  await createDefaultDatabase(join(dataDir, 'metadata'));
  return configFile;
}

/** Empties the folder for temporary files. To be called only once the data directory is ours. */
export async function emptyTmpDir(dataDir: string): Promise<string> {
  const directory = join(dataDir, 'http-tmp');
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { mode: 0o700 });
  return directory;
}

/**
 * chdb would make `default` an Overlay database, which reads any file that is named like a table. A server's `default`
 * is an Atomic one, so we lay one down as the engine itself would.
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

const MIB = 1024 * 1024;

/** Caches and pools for a developer's machine: ClickHouse's defaults are those of a large server. */
function configXml(usersFile: string, limits: EngineLimits): string {
  return `<clickhouse>
  <users_config>${escapeXml(usersFile)}</users_config>
  <default_database></default_database>
  <database>default</database>
  <max_server_memory_usage>${limits.maxMemoryBytes}</max_server_memory_usage>
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
</clickhouse>
`;
}

/** The engine's own second wall: no source outside, no table engine outside, no shutdown, no BACKUP. */
function usersXml(limits: EngineLimits): string {
  const grants = [
    'GRANT ALL ON *.*',
    'REVOKE SOURCES ON *.*',
    'REVOKE BACKUP ON *.*',
    'REVOKE SYSTEM SHUTDOWN ON *.*',
    'REVOKE DROP DATABASE ON default.*', // without it no connection opens any more
    'REVOKE TABLE ENGINE ON *',
    ...[...LOCAL_ENGINES].map((engine) => `GRANT TABLE ENGINE ON ${engine}`),
  ];
  return `<clickhouse>
  <profiles>
    <default>
      <max_execution_time>${limits.maxExecutionTimeS}</max_execution_time>
      <implicit_select>0</implicit_select>
      <allow_introspection_functions>0</allow_introspection_functions>
    </default>
  </profiles>
  <users>
    <default>
      <password></password>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants>
${grants.map((grant) => `        <query>${grant}</query>`).join('\n')}
      </grants>
    </default>
  </users>
  <quotas><default></default></quotas>
</clickhouse>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
