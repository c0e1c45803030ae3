import { availableParallelism } from 'node:os';
import { timeVersion } from '@updraft/atproto';
import { createDidDirectory, createDidResolver, createHandles, createSafeFetch } from '@updraft/identity';
import type { Logger } from '@updraft/service';
import {
  actorHandles,
  type ClickHouse,
  didOfHandle,
  handlesOf,
  insertRows,
  type NamedAccount,
  PRIORITIES,
  readHandlesBeginning,
  readNames,
  TimeoutError,
} from '@updraft/store';
import type { FeedgenConfig } from './config.ts';
import { withKnownHandles } from './members/known-handles.ts';
import { createNameFinder } from './members/name-finder.ts';
import type { FeedgenMetrics } from './metrics.ts';
import { createSignaturePool } from './viewer/signature-pool.ts';
import { createViewerAuth } from './viewer/viewer-auth.ts';

/** Until the servers have put the handles that there were in order, each question reads them all: rather none are found. */
const WHILE_TYPING = { timeoutMs: 2_000, settings: PRIORITIES.search };

function noneInTime(error: unknown): NamedAccount[] {
  if (error instanceof TimeoutError) return [];
  throw error;
}

/** Who is who: DIDs, handles, and the viewers whose tokens come in. */
export type Identity = ReturnType<typeof createIdentity>;

export interface IdentityOptions {
  config: Pick<FeedgenConfig, 'service' | 'plcHost' | 'allowPrivateAddresses'>;
  clickhouse: ClickHouse;
  metrics: FeedgenMetrics;
  log: Logger;
}

export function createIdentity({ config, clickhouse, metrics, log }: IdentityOptions) {
  const { plcHost, allowPrivateAddresses } = config;
  const safeFetch = createSafeFetch({ allowPrivateAddresses });
  const resolver = createDidResolver({ plcHost, safeFetch, allowLocalhost: allowPrivateAddresses });
  const dids = createDidDirectory({ resolver, onLookUp: (outcome) => metrics.lookUps.inc({ outcome }) });
  const resolved = createHandles({ dids, safeFetch });
  /** The account that last had a handle, as events told it. */
  const storedDidOf = (handle: string) => didOfHandle(clickhouse, handle);
  // An http: directory is on this machine, and its network's handles are not in the DNS.
  const isSimulated = plcHost.startsWith('http:');
  const signatures = createSignaturePool({
    threads: Math.max(1, availableParallelism() - 1),
    onThreadLost: (error) => log.error({ err: error }, 'a signature thread was lost'),
  });
  return {
    dids,
    storedDidOf,
    /** Active accounts of the network, whose handle begins with this text in lower case. */
    beginningWith: (beginning: string, limit: number) =>
      readHandlesBeginning(clickhouse, { beginning, limit }, WHILE_TYPING).catch(noneInTime),
    handlesOf: (accounts: readonly string[]) => handlesOf(clickhouse, accounts),
    namesOf: (accounts: readonly string[]) => readNames(clickhouse, accounts),
    handles: isSimulated ? withKnownHandles({ handles: resolved, dids, storedDidOf }) : resolved,
    names: createNameFinder({
      dids,
      keep: (did, handle, atMicros) =>
        insertRows(clickhouse, actorHandles, [{ did, handle, version: timeVersion(atMicros) }]),
      onError: (error) => log.warn({ err: error }, 'a handle could not be looked up'),
    }),
    viewers: createViewerAuth({ serviceDid: config.service.did, dids, signatures, metrics }),
    close: signatures.close,
  };
}
