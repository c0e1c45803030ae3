import { createClickHouse } from '../clickhouse/client.ts';
import type { ClickHouseOptions } from '../clickhouse/types.ts';
import { string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';

const HEADER = `-- The whole schema as ClickHouse tells it, after all migrations. Written by \`just migrate-dump-schema\`; a test keeps it true.`;

/** The migrations' own tables are not part of the schema that they make. */
const OWN_TABLES = ['schema_migrations', 'schema_migrations_lock'];

/** All tables, views and dictionaries of the database as CREATE statements, by name, without the database's name. */
export async function dumpSchema(connection: ClickHouseOptions): Promise<string> {
  const clickhouse = createClickHouse(connection);
  try {
    const rows = await clickhouse.query(
      `SELECT formatQuery(create_table_query) AS ddl FROM system.tables
       WHERE database = {database:String} AND name NOT IN {own:Array(String)} AND NOT startsWith(name, '.inner')
       ORDER BY name`,
      shape({ ddl: string }),
      { database: connection.database, own: OWN_TABLES },
    );
    const statements = rows.map(({ ddl }) => `${withoutDatabase(ddl, connection.database)};`);
    return `${[HEADER, ...statements].join('\n\n')}\n`;
  } finally {
    await clickhouse.close();
  }
}

/** ClickHouse writes every name as database.name, in dictGet's text as well. */
export function withoutDatabase(ddl: string, database: string): string {
  const name = database.replace(/[^\w]/g, '\\$&');
  return ddl.replace(new RegExp(`(^|[\\s('])(\`?)${name}\\2\\.`, 'gm'), '$1');
}
