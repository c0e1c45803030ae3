import { readCount } from '../clickhouse/read-value.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { MigrationError } from '../errors.ts';

/**
 * Checks that migration 0013 is done: until then its copy would bring back what was erased. @throws MigrationError until then.
 */
export async function requireMoved(clickhouse: ClickHouse): Promise<void> {
  const old = await readCount(
    clickhouse,
    "SELECT count() AS value FROM system.tables WHERE database = {database:String} AND name = 'repo_records' AND engine != 'View'",
    { database: clickhouse.database },
  );
  if (old > 0)
    throw new MigrationError(
      'the records have not moved to their new tables yet: run the migrations first (pnpm migrate up)',
    );
}
