import { buildFault, isQueried, withVariants } from '@updraft/feeds';
import type { HealthCheck } from '@updraft/service';
import { buildState } from './builds/build-state.ts';
import type { FeedgenContext } from './http/context.ts';

/** Three checks missed. */
const CUTS_LATE_MS = 30_000;

/** What /readyz answers. Pages go on from memory while Redis or ClickHouse is away, so it fails only while a feed has no build. */
export function readiness(context: FeedgenContext, checkStores: () => Promise<HealthCheck[]>) {
  return async (): Promise<HealthCheck[]> => {
    const stores = await checkStores();
    return [...stores.map(degraded), ...builds(context), ...setAside(context), lateCuts(context)];
  };
}

function degraded({ name, ok, detail = '' }: HealthCheck): HealthCheck {
  return { name, ok: true, ...(!ok && { detail: `degraded: pages go on from memory; ${detail}` }) };
}

function builds({ file, ...context }: FeedgenContext): HealthCheck[] {
  return withVariants(file.feeds.values())
    .filter(isQueried)
    .map((feed) => {
      const state = buildState(context, feed);
      const name = `feed ${feed.alias}`;
      if (state === undefined) return { name, ok: false, detail: 'not built yet' };
      const fault = buildFault(feed, state);
      return { name, ok: true, ...(fault !== undefined && { detail: `degraded: ${fault}` }) };
    });
}

function setAside({ registry }: FeedgenContext): HealthCheck[] {
  return [...registry.faults()].map(([alias, fault]) => {
    const detail = `degraded: what hosts saved does not fit the feeds file, which holds: ${fault}`;
    return { name: `saved settings of ${alias}`, ok: true, detail };
  });
}

function lateCuts({ cuts }: FeedgenContext): HealthCheck {
  const ageMs = cuts.age();
  return { name: 'cuts', ok: true, ...(ageMs > CUTS_LATE_MS && { detail: 'degraded: deleted posts may still show' }) };
}
