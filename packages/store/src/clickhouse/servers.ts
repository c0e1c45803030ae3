import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { clickHouseUrl, isLoopback } from './address.ts';
import { quoteText } from './quote.ts';
import { CLUSTER_SETTINGS, FOREIGN_SETTINGS, PINNED_SETTINGS, REPLICATED_SETTINGS } from './settings.ts';
import type { CallSite } from './translate-error.ts';
import type { CallSettings, ClickHouseOptions } from './types.ts';

/** The client's own socket timeout, longer than all of our deadlines. */
const BACKSTOP_MS = 3_600_000;
/** ClickHouse closes an idle connection after 10 s (3 s before 23.11): ours go first, so that no request meets a closing one. */
const IDLE_SOCKET_MS = 2_500;
const MAX_CONNECTIONS = 32;

export interface Server {
  readonly client: ClickHouseClient;
  readonly site: CallSite;
}

/** Where the rows are: on one server in the same database, on a cluster in a database of their own on each server. */
export function eachServer(options: ClickHouseOptions, self: Server) {
  const { cluster, database } = options;
  if (cluster === undefined) return { database, onCluster: '', servers: [self] };
  const rowsDatabase = rowsDatabaseOf(database);
  const addresses = cluster.isReplicated ? [options.address] : cluster.servers;
  const servers = addresses.map((address): Server => {
    const site = { ...self.site, url: clickHouseUrl(address), database: rowsDatabase };
    return { site, client: connect(site, options.password, settingsOf(options)) };
  });
  const onCluster = cluster.isReplicated ? ` ON CLUSTER ${quoteText(cluster.name)}` : '';
  return { database: rowsDatabase, onCluster, servers };
}

/** The database that has the rows of `database` on each server of a cluster. */
export function rowsDatabaseOf(database: string): string {
  return `${database}_rows`;
}

export function settingsOf({ cluster, isForeign = false }: ClickHouseOptions): CallSettings {
  if (isForeign) return FOREIGN_SETTINGS;
  if (cluster === undefined) return PINNED_SETTINGS;
  return { ...PINNED_SETTINGS, ...CLUSTER_SETTINGS, ...(cluster.isReplicated && REPLICATED_SETTINGS) };
}

export const PACKED = { request: { codec: 'zstd', level: 1 } } as const;

export function connect(
  { url, username, database }: CallSite,
  password: string,
  settings: CallSettings,
  compression: Partial<typeof PACKED> = {},
): ClickHouseClient {
  return createClient({
    url,
    username,
    password,
    database,
    application: 'updraft',
    request_timeout: BACKSTOP_MS,
    max_open_connections: MAX_CONNECTIONS,
    keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_MS, eagerly_destroy_stale_sockets: true },
    compression: isLoopback(url) ? {} : { ...compression, response: { codec: 'zstd' } },
    // Long lists go in the body: servers refuse URLs of more than some KiB.
    use_multipart_params_auto: true,
    clickhouse_settings: settings,
    // Errors come as exceptions, and are logged once, where they are handled.
    log: { level: ClickHouseLogLevel.OFF },
  });
}
