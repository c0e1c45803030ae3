import { quoteName, quoteText } from '../clickhouse/quote.ts';
import { MigrationError } from '../errors.ts';
import { withoutLeadingComments } from '../migrations/split-statements.ts';
import type { Sharding } from './sharding.ts';

/** A statement of a migration, and where it runs. */
export interface Step {
  readonly sql: string;
  /** `rows` has one server's rows, `whole` shows those of all servers (see sharding.yaml). */
  readonly database: 'rows' | 'whole';
  /** Every server makes its own tables; rows are inserted once. */
  readonly isOnEachServer: boolean;
}

export interface ClusterSite {
  /** Of `remote_servers`. */
  readonly cluster: string;
  /** The database that shows all rows. */
  readonly database: string;
  readonly rowsDatabase: string;
  /** Whether each table of rows is replicated, and DDL goes ON CLUSTER. */
  readonly isReplicated: boolean;
}

/**
 * How each statement of the migrations runs on a cluster. The statement is that of the file; only its database differs, and each table gets
 * a Distributed one over it. Exceptions: a view names the database that it sends rows to, and with replication the engine is a replicated
 * one, ON CLUSTER.
 */
export function createSteps(
  site: ClusterSite,
  sharding: Sharding,
  migrations: readonly { readonly upSql: string }[],
): (statement: string) => Step[] {
  const tables = new Set(migrations.flatMap(({ upSql }) => [...upSql.matchAll(CREATED_TABLE)].map(([, name]) => name)));
  const rows = (sql: string): Step => step(site, sql, 'rows');
  const whole = (sql: string): Step => step(site, sql, 'whole');
  const distributed = (table: string) => distributedTable(site, table, keyOf(sharding, table));
  return (statement) => {
    const sql = withoutLeadingComments(statement);
    const { verb, object, name, target } = headOf(sql);
    if (verb === 'INSERT') return [{ sql, database: 'whole', isOnEachServer: false }];
    if (object === 'TABLE' && verb === 'DROP') return [whole(`DROP TABLE IF EXISTS ${name}`), rows(sql)];
    if (object === 'TABLE' && verb === 'CREATE') return [rows(sql), whole(`CREATE TABLE ${distributed(name)}`)];
    // An ALTER may have changed the columns: the Distributed table is made again with the present ones.
    if (object === 'TABLE' && tables.has(name))
      return [rows(sql), whole(`CREATE OR REPLACE TABLE ${distributed(name)}`)];
    // Only a materialized view's query can be changed; it reads from the database that it is in.
    if (MODIFY_QUERY.test(sql)) return [rows(sql)];
    if (object === 'MATERIALIZED VIEW') return [rows(sharding.sentOn.has(target) ? sentOn(sql, site) : sql)];
    // A DROP VIEW doesn't say which kind of view it is.
    if (verb === 'DROP' && object === 'VIEW')
      return [whole(`DROP VIEW IF EXISTS ${name}`), rows(`DROP VIEW IF EXISTS ${name}`)];
    if (object === 'VIEW' || object === 'DICTIONARY') return [whole(sql)];
    throw new MigrationError(`a cluster can't run ${JSON.stringify(sql.slice(0, 60))}: nothing says on which servers`);
  };
}

const CREATED_TABLE = /^CREATE TABLE (\w+)/gm;
const MODIFY_QUERY = /^ALTER TABLE \w+\s+MODIFY QUERY\b/;
const HEAD =
  /^(CREATE|ALTER|DROP)(?: OR REPLACE)? (TABLE|MATERIALIZED VIEW|VIEW|DICTIONARY)(?: IF (?:NOT )?EXISTS)? (\w+)(?: TO (\w+) AS\b)?/;

/** The first words of a statement, which alone decide. */
function headOf(sql: string): { verb: string; object: string; name: string; target: string } {
  if (/^INSERT INTO \w+/.test(sql)) return { verb: 'INSERT', object: '', name: '', target: '' };
  const [, verb = '', object = '', name = '', target = ''] = HEAD.exec(sql) ?? [];
  return { verb, object, name, target };
}

function keyOf({ keys }: Sharding, table: string): string {
  const key = keys.get(table);
  if (key === undefined)
    throw new MigrationError(
      `migrations/sharding.yaml says nothing of the table ${table}: by what are its rows spread?`,
    );
  return key;
}

function distributedTable({ cluster, rowsDatabase }: ClusterSite, table: string, key: string): string {
  const place = [cluster, rowsDatabase, table].map(quoteText).join(', ');
  return `${table} AS ${quoteName(rowsDatabase)}.${table} ENGINE = Distributed(${place}, ${key})`;
}

function sentOn(sql: string, { database }: ClusterSite): string {
  return sql.replace(/^(CREATE MATERIALIZED VIEW \w+ TO )(\w+)/, `$1${quoteName(database)}.$2`);
}

function step({ cluster, isReplicated }: ClusterSite, sql: string, database: Step['database']): Step {
  if (!isReplicated) return { sql, database, isOnEachServer: true };
  const onCluster = sql.replace(HEAD, (head: string, ...[, , name = '']: string[]) => {
    const end = head.indexOf(` ${name}`) + 1 + name.length;
    return `${head.slice(0, end)} ON CLUSTER ${quoteText(cluster)}${head.slice(end)}`;
  });
  return {
    sql: onCluster.replace(/^ENGINE = (?=\w*MergeTree)/m, 'ENGINE = Replicated'),
    database,
    isOnEachServer: true,
  };
}
