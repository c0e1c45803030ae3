import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Accounts,
  createAccounts,
  createDidDirectory,
  createDidResolver,
  createHandles,
  createSafeFetch,
} from '@updraft/identity';
import { createSpool, type Spool } from '@updraft/repository';
import { createRateLimit } from '@updraft/service';
import { type ClickHouse, didOfHandle } from '@updraft/store';
import type { SearchEnvironment } from './config.ts';
import type { SearchDeps } from './context.ts';
import type { SearchMetrics } from './metrics.ts';
import { createPdsClient, type PdsClient, USER_AGENT } from './pds/pds-client.ts';

/** What asks other people's servers: each request is bounded in size and time, and goes to public addresses only. */
export interface Outside {
  readonly accounts: Accounts;
  readonly pdsClient: PdsClient;
  readonly spool: Spool;
}

export async function createOutside({ env, clickhouse }: SearchDeps, metrics: SearchMetrics): Promise<Outside> {
  return {
    accounts: makeAccounts(env, clickhouse, metrics),
    pdsClient: makePdsClient(env),
    spool: await makeSpool(env),
  };
}

/** Exchanges of JSON with a PDS, and how much of an answer is read. */
const PDS_TIMEOUT_MS = 30_000;
const PDS_MAX_BYTES = 1_000_000;
const DOWNLOAD_TIMEOUT_MS = 900_000;

function makeAccounts(env: SearchEnvironment, clickhouse: ClickHouse, metrics: SearchMetrics): Accounts {
  const allowPrivateAddresses = env.ALLOW_PRIVATE_ADDRESSES;
  const safeFetch = createSafeFetch({ allowPrivateAddresses });
  const resolver = createDidResolver({ plcHost: env.PLC_HOST, safeFetch, allowLocalhost: allowPrivateAddresses });
  const dids = createDidDirectory({ resolver, onLookUp: (outcome) => metrics.lookUps.inc({ outcome }) });
  const indexedHandle = allowPrivateAddresses ? (handle: string) => didOfHandle(clickhouse, handle) : undefined;
  const lookUps = {
    perCaller: createRateLimit({ burst: 30, perSecond: 0.5 }),
    inAll: createRateLimit({ burst: 300, perSecond: 20 }, { maxNames: 1 }),
  };
  return createAccounts({ dids, handles: createHandles({ dids, safeFetch }), lookUps, indexedHandle });
}

/** The header that lifts a PDS's limits is the operator's secret: only the hosts that it is meant for get it. */
function makePdsClient(env: SearchEnvironment): PdsClient {
  const { MAGIC_HEADER_VAL: value, MAGIC_HEADER_HOSTS: hosts, ALLOW_PRIVATE_ADDRESSES: isTest } = env;
  const isMeant = (pds: string) => {
    const { hostname, protocol } = new URL(pds);
    const isNamed = hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));
    return isTest || (protocol === 'https:' && isNamed);
  };
  return createPdsClient({
    safeFetch: createSafeFetch({ allowPrivateAddresses: isTest, timeoutMs: PDS_TIMEOUT_MS, maxBytes: PDS_MAX_BYTES }),
    headersFor: (pds): Record<string, string> =>
      value !== undefined && isMeant(pds) ? { 'x-ratelimit-bypass': value } : {},
  });
}

function makeSpool(env: SearchEnvironment): Promise<Spool> {
  const { EXPORT_MAX_BYTES: maxBytes, ALLOW_PRIVATE_ADDRESSES: allowPrivateAddresses, LISTEN_ADDRESS: address } = env;
  const fetchOptions = { timeoutMs: DOWNLOAD_TIMEOUT_MS, maxBytes: maxBytes + 1_000_000 };
  return createSpool({
    safeFetch: createSafeFetch({ allowPrivateAddresses, ...fetchOptions }),
    directory: env.SPOOL_DIRECTORY ?? join(tmpdir(), `updraft-search-${address.replaceAll(/[^\w.-]/g, '-')}`),
    maxBytes,
    userAgent: USER_AGENT,
    idleTimeoutMs: env.EXPORT_IDLE_TIMEOUT,
    minBytesPerSecond: env.EXPORT_MIN_RATE,
  });
}
