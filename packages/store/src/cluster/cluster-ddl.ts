import { firstKeyword } from '../migrations/split-statements.ts';

/** The cluster of ClickHouse's configuration (`remote_servers`) that the schema is made on. */
export interface ClusterSite {
  readonly cluster: string;
  readonly database: string;
}

/** What a table of the schema is on a cluster. */
interface ShardedTable {
  /** By what rows go to shards: rows of one sort key always meet, for it is computed from the sort key alone. */
  readonly shardingKey: string;
  /** Whether all rows of an account stand on one shard, beside its records. */
  readonly isByAccount: boolean;
}

/**
 * Turns the schema's statements, in their order, into those of a cluster. Each table `t` becomes `t_local`, replicated, on every server,
 * and `t`, a Distributed table over them, which all queries and inserts name. Where the rows of an account can be told by the sort key
 * they stand on the shard of the account (sipHash64 of the DID): a record, its delete and the views' rows of it meet there.
 */
export function createClusterDdl(site: ClusterSite): (statement: string) => string[] {
  const tables = new Map<string, ShardedTable>();
  return (statement) => {
    const sql = withoutComments(statement);
    const table = /^CREATE TABLE (\w+)/.exec(sql)?.[1];
    if (table !== undefined) {
      const sharded = shardedBy(sql);
      tables.set(table, sharded);
      return createTable(sql, table, sharded, site);
    }
    if (sql.startsWith('CREATE MATERIALIZED VIEW ')) return [createMaterializedView(sql, tables, site)];
    if (MODIFY_VIEW.test(sql)) return [modifyMaterializedView(sql, tables, site)];
    return onCluster(sql, site);
  };
}

/**
 * The same for a statement that names one existing object: ALTER, OPTIMIZE, DROP, SYSTEM RELOAD DICTIONARY, CREATE VIEW, CREATE DICTIONARY,
 * CREATE DATABASE. Others (INSERT, SELECT) stay as they are: they go through the Distributed tables.
 */
export function onCluster(statement: string, { cluster }: Pick<ClusterSite, 'cluster'>): string[] {
  const on = `ON CLUSTER ${quoteText(cluster)}`;
  const sql = withoutComments(statement);
  if (ON_CLUSTER_ALREADY.test(sql)) return [statement];
  const keyword = firstKeyword(sql);
  if (keyword === 'ALTER') return alterTable(sql, on);
  if (keyword === 'OPTIMIZE') return [sql.replace(/^(OPTIMIZE TABLE )(\w+)/, `$1$2_local ${on}`)];
  if (keyword === 'SYSTEM') return [sql.replace(/^(SYSTEM RELOAD DICTIONARY) (\w+)/, `$1 $2 ${on}`)];
  if (keyword === 'DROP') return drop(sql, on);
  if (/^CREATE (VIEW|DICTIONARY) /.test(sql))
    return [globalReads(sql).replace(/^(CREATE (?:VIEW|DICTIONARY) \w+)/, `$1 ${on}`)];
  if (sql.startsWith('CREATE DATABASE '))
    return [sql.replace(/^(CREATE DATABASE (?:IF NOT EXISTS )?(?:`[^`]+`|\w+))/, `$1 ${on}`)];
  return [statement];
}

const ON_CLUSTER_ALREADY = /^[^('=]*\bON CLUSTER '/;

function createTable(sql: string, table: string, { shardingKey }: ShardedTable, site: ClusterSite): string[] {
  const on = `ON CLUSTER ${quoteText(site.cluster)}`;
  const local = sql
    .replace(/^CREATE TABLE \w+/, `CREATE TABLE ${table}_local ${on}`)
    .replace(/\nENGINE = (\w*MergeTree)/, '\nENGINE = Replicated$1');
  const places = [site.cluster, site.database, `${table}_local`].map(quoteText).join(', ');
  return [local, `CREATE TABLE ${table} ${on} AS ${table}_local\nENGINE = Distributed(${places}, ${shardingKey})`];
}

/** A view reads what its own server was given, and writes beside it where the row belongs to the same account, else to its shard. */
function createMaterializedView(sql: string, tables: ReadonlyMap<string, ShardedTable>, site: ClusterSite): string {
  return sql
    .replace(/^(CREATE MATERIALIZED VIEW \w+) TO (\w+)/, (_, create: string, target: string) => {
      const place = tables.get(target)?.isByAccount === true ? `${target}_local` : target;
      return `${create} ON CLUSTER ${quoteText(site.cluster)} TO ${place}`;
    })
    .replace(...localReads(tables));
}

const MODIFY_VIEW = /^(ALTER TABLE \w+)\s+MODIFY QUERY\b/;

function modifyMaterializedView(sql: string, tables: ReadonlyMap<string, ShardedTable>, site: ClusterSite): string {
  return sql
    .replace(MODIFY_VIEW, `$1 ON CLUSTER ${quoteText(site.cluster)} MODIFY QUERY`)
    .replace(...localReads(tables));
}

function localReads(tables: ReadonlyMap<string, ShardedTable>) {
  const reads = (from: string, source: string) => (tables.has(source) ? `FROM ${source}_local` : from);
  return [/\bFROM (\w+)/g, reads] as const;
}

/** Columns are changed on the Distributed table too; all else is of the local tables alone. */
function alterTable(sql: string, on: string): string[] {
  const [, table = '', change = ''] = /^ALTER TABLE (\w+)\s+([\s\S]*)$/.exec(sql) ?? [];
  const local = `ALTER TABLE ${table}_local ${on} ${change}`;
  const isOfColumns = /^(ADD|DROP|MODIFY|RENAME|COMMENT|ALTER|CLEAR) COLUMN\b/.test(change);
  if (!isOfColumns || change.startsWith('CLEAR')) return [local];
  const names = change.replace(/ CODEC\((?:[^()]|\([^()]*\))*\)/g, '');
  return [local, `ALTER TABLE ${table} ${on} ${names}`];
}

/** SYNC: else Keeper's entries outlive the table for a while, and a table made anew stumbles over them. */
function drop(sql: string, on: string): string[] {
  const table = /^DROP TABLE (\w+)$/.exec(sql)?.[1];
  if (table === undefined) return [sql.replace(/^(DROP (?:VIEW|DICTIONARY) \w+)/, `$1 ${on}`)];
  return [`DROP TABLE ${table} ${on}`, `DROP TABLE ${table}_local ${on} SYNC`];
}

/** Views are read by dictionaries and other clients, whose settings are not ours: what they look up elsewhere is looked up everywhere. */
function globalReads(sql: string): string {
  return sql
    .replace(/(?<!GLOBAL )\b(NOT IN|IN)(\s*\(\s*SELECT\b)/g, 'GLOBAL $1$2')
    .replace(/(?<!GLOBAL )\b((?:LEFT|INNER|ANY|ASOF|RIGHT|FULL) (?:OUTER )?JOIN)\b/g, 'GLOBAL $1');
}

/** Columns that hold a DID, or its sipHash64, which is the same shard. */
const DID_COLUMNS = ['did', 'actor_did', 'repo'];

function shardedBy(createTableSql: string): ShardedTable {
  const [, key = ''] = /\nORDER BY (\([^)]*\)|\w+)/.exec(createTableSql) ?? [];
  const columns = key
    .replace(/[()]/g, '')
    .split(',')
    .map((column) => column.trim());
  const did = columns.find((column) => DID_COLUMNS.includes(column));
  if (did !== undefined) return { shardingKey: `sipHash64(${did})`, isByAccount: true };
  if (columns.includes('did_key')) return { shardingKey: 'did_key', isByAccount: true };
  return { shardingKey: `sipHash64(${columns.join(', ')})`, isByAccount: false };
}

/** What stands before the first word. */
function withoutComments(statement: string): string {
  return statement.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '');
}

function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
