import { availableParallelism } from 'node:os';
import { timeVersion } from '@updraft/atproto';
import { createDidDirectory, createDidResolver, createHandles, createSafeFetch } from '@updraft/identity';
import { actorHandles, didOfHandle, insertRows } from '@updraft/store';
import type { FeedgenDeps } from './feedgen.ts';
import { withKnownHandles } from './members/known-handles.ts';
import { createNameFinder } from './members/name-finder.ts';
import type { FeedgenMetrics } from './metrics.ts';
import { createSignaturePool } from './viewer/signature-pool.ts';
import { createViewerAuth } from './viewer/viewer-auth.ts';

/** Who is who: DIDs, handles, and the viewers whose tokens come in. */
export function createIdentity({ config, clickhouse, log }: FeedgenDeps, metrics: FeedgenMetrics) {
  const safeFetch = createSafeFetch({ allowPrivateAddresses: config.allowPrivateAddresses });
  const resolver = createDidResolver({
    plcHost: config.plcHost,
    safeFetch,
    allowLocalhost: config.allowPrivateAddresses,
  });
  const dids = createDidDirectory({ resolver, onLookUp: (outcome) => metrics.lookUps.inc({ outcome }) });
  const resolved = createHandles({ dids, safeFetch });
  // An http: directory is one on this machine, of a network whose handles are in no DNS.
  const isSimulated = config.plcHost.startsWith('http:');
  const signatures = createSignaturePool({
    threads: Math.max(1, availableParallelism() - 1),
    onThreadLost: (error) => log.error({ err: error }, 'a signature thread was lost'),
  });
  return {
    dids,
    handles: isSimulated
      ? withKnownHandles({ handles: resolved, dids, didOfHandle: (handle) => didOfHandle(clickhouse, handle) })
      : resolved,
    names: createNameFinder({
      dids,
      keep: (did, handle, atMicros) =>
        insertRows(clickhouse, actorHandles, [{ did, handle, version: timeVersion(atMicros) }]),
      onError: (error) => log.warn({ err: error }, 'a handle could not be looked up'),
    }),
    viewers: createViewerAuth({ serviceDid: config.service.did, dids, signatures, metrics }),
    signatures,
  };
}
