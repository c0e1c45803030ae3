import { isLoopbackHost } from '@updraft/service';
import { SetupStoreError } from '../errors.ts';

const NATIVE_PORTS = new Set(['9000', '9440']);

/**
 * CLICKHOUSE_ADDRESS, `host:port` or a URL, as the URL of ClickHouse's HTTP interface (port 8123 where none is given; 8443 for https).
 * @throws SetupStoreError for the ports of the native protocol, for credentials in the URL, and for anything else that is not an address.
 */
export function clickHouseUrl(address: string): URL {
  const url = parse(address);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new SetupStoreError(
      `ClickHouse's address must be host:port or an http(s) URL, got ${JSON.stringify(address)}`,
    );
  }
  if (NATIVE_PORTS.has(url.port)) {
    throw new SetupStoreError(`ClickHouse's address ${url.host} has the port of the native protocol; use 8123`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new SetupStoreError(
      "ClickHouse's address must hold no credentials; set the user and the password by their own variables",
    );
  }
  if (url.port === '' && !address.endsWith(':80') && !address.endsWith(':443'))
    url.port = url.protocol === 'https:' ? '8443' : '8123';
  return url;
}

/** Whether the address is this machine's own, where compression gains nothing. */
export function isLoopback(url: URL): boolean {
  return isLoopbackHost(url.hostname);
}

function parse(address: string): URL | undefined {
  return URL.parse(address.includes('://') ? address : `http://${address}`) ?? undefined;
}
