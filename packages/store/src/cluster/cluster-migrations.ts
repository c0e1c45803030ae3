import { splitStatements } from '../migrations/split-statements.ts';
import type { Migration } from '../migrations/types.ts';
import { type ClusterSite, createClusterDdl } from './cluster-ddl.ts';

/**
 * The migrations as a cluster runs them; their checksums stay those of the files, so that a database knows its migrations by the same
 * numbers on one server and on many. All of them, from the first: a later one may speak of an earlier one's table.
 */
export function clusterMigrations(migrations: readonly Migration[], site: ClusterSite): Migration[] {
  const translate = createClusterDdl(site);
  const text = (sql: string) =>
    splitStatements(sql)
      .flatMap(translate)
      .map((statement) => `${statement};\n`)
      .join('\n');
  return migrations.map((migration) => ({
    ...migration,
    upSql: text(migration.upSql),
    downSql: text(migration.downSql),
  }));
}
