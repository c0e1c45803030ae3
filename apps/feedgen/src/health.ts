import type { HealthCheck } from '@updraft/service';
import type { FeedgenContext } from './http/context.ts';

/** Three looks missed. */
const CUTS_LATE_MS = 30_000;

/** What /readyz says. Pages go on from memory while Redis or ClickHouse is away, so only a feed without a build makes it fail. */
export function readiness(context: FeedgenContext, checkStores: () => Promise<HealthCheck[]>) {
  return async (): Promise<HealthCheck[]> => {
    const stores = await checkStores();
    return [...stores.map(degraded), ...builds(context), lateCuts(context)];
  };
}

function degraded({ name, ok, detail = '' }: HealthCheck): HealthCheck {
  return { name, ok: true, ...(!ok && { detail: `degraded: pages go on from memory; ${detail}` }) };
}

function builds({ file, live, now }: FeedgenContext): HealthCheck[] {
  return [...file.feeds.values()]
    .filter((feed) => feed.kind !== 'static')
    .map((feed) => {
      const current = live.current(feed.alias);
      const name = `feed ${feed.alias}`;
      if (current === undefined) return { name, ok: false, detail: 'not built yet' };
      const ageS = Math.round((now() - current.asOfMs) / 1000);
      const isLate = now() - current.asOfMs > 3 * feed.refresh + 60_000;
      return { name, ok: true, ...(isLate && { detail: `degraded: the last build is ${ageS} s old` }) };
    });
}

function lateCuts({ cuts }: FeedgenContext): HealthCheck {
  const ageMs = cuts.age();
  return { name: 'cuts', ok: true, ...(ageMs > CUTS_LATE_MS && { detail: 'degraded: deleted posts may still show' }) };
}
