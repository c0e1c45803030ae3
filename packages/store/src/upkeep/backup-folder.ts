import { readValue } from '../clickhouse/read-value.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { string } from '../row-binary/codecs.ts';

/** Where back-ups lie on a server. Both configurations, that of the containers and that of `npm start`, allow this folder beside the data. */
export async function backupFolder(server: ClickHouse): Promise<string> {
  const path = await readValue(server, string, "SELECT path AS value FROM system.disks WHERE name = 'default'");
  return `${path ?? ''}backups/`;
}
