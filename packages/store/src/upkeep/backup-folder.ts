import type { ClickHouse } from '../clickhouse/types.ts';

/** Where back-ups lie on a server. Both configurations, that of the containers and that of `npm start`, allow this folder beside the data. */
export async function backupFolder(server: ClickHouse): Promise<string> {
  const [disk] = await server.query<{ path: string }>("SELECT path FROM system.disks WHERE name = 'default'");
  return `${disk?.path ?? ''}backups/`;
}
