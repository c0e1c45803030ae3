import { buildFault, isPersonal, isQueried, type PersonalFeed, withVariants } from '@updraft/feeds';
import type { HealthCheck } from '@updraft/service';
import { buildState } from './builds/build-state.ts';
import { graphFault } from './for-you/graph/graph-fault.ts';
import type { FeedgenContext } from './http/context.ts';

/** Three checks missed. */
const CUTS_LATE_MS = 30_000;

/** What /readyz answers. Pages go on from memory while Redis or ClickHouse is away, so it fails only while a feed has no build. */
export function readiness(context: FeedgenContext, checkStores: () => Promise<HealthCheck[]>) {
  return async (): Promise<HealthCheck[]> => {
    const stores = await checkStores();
    const isAway = stores.some(({ name, ok }) => name === 'clickhouse' && !ok);
    const ofFeeds = [...builds(context), ...lists(context, isAway), ...setAside(context)];
    return [...stores.map(degraded), ...ofFeeds, lateCuts(context)];
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
  if (!registry.isRead()) {
    const detail = 'degraded: what hosts saved can not be read; feeds keep their last builds until it can';
    return [{ name: 'saved settings', ok: true, detail }];
  }
  return [...registry.faults()].map(([alias, fault]) => {
    const detail = `degraded: what hosts saved does not fit the feeds file, which holds: ${fault}`;
    return { name: `saved settings of ${alias}`, ok: true, detail };
  });
}

/** Of feeds of one's own. Their readers get the fallback meanwhile, whose build has a check of its own. */
function lists({ file, graphState }: FeedgenContext, isAway: boolean): HealthCheck[] {
  const faultOf = ({ kind }: PersonalFeed): string | undefined => {
    if (isAway) return 'no list can be made; readers get an older one, or the fallback';
    return kind === 'for-you' ? graphFault(graphState(), Date.now()) : undefined;
  };
  return withVariants(file.feeds.values())
    .filter(isPersonal)
    .map((feed) => {
      const fault = faultOf(feed);
      return { name: `feed ${feed.alias}`, ok: true, ...(fault !== undefined && { detail: `degraded: ${fault}` }) };
    });
}

function lateCuts({ cuts }: FeedgenContext): HealthCheck {
  const ageMs = cuts.age();
  return { name: 'cuts', ok: true, ...(ageMs > CUTS_LATE_MS && { detail: 'degraded: deleted posts may still show' }) };
}
