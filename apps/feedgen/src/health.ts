import type { HealthCheck } from '@updraft/service';
import type { FeedgenContext } from './http/context.ts';

/** Three checks missed. */
const CUTS_LATE_MS = 30_000;

/** What /readyz answers. Pages go on from memory while Redis or ClickHouse is away, so it fails only while a feed has no build. */
export function readiness(context: FeedgenContext, checkStores: () => Promise<HealthCheck[]>) {
  return async (): Promise<HealthCheck[]> => {
    const stores = await checkStores();
    return [...stores.map(degraded), ...builds(context), lateCuts(context)];
  };
}

function degraded({ name, ok, detail = '' }: HealthCheck): HealthCheck {
  return { name, ok: true, ...(!ok && { detail: `degraded: pages go on from memory; ${detail}` }) };
}

function builds({ file, live }: FeedgenContext): HealthCheck[] {
  return [...file.feeds.values()]
    .filter((feed) => feed.kind !== 'static')
    .map((feed) => {
      const current = live.current(feed.alias);
      const name = `feed ${feed.alias}`;
      if (current === undefined) return { name, ok: false, detail: 'not built yet' };
      const ageMs = Date.now() - current.asOfMs;
      const isLate = ageMs > 3 * feed.refresh + 60_000;
      return {
        name,
        ok: true,
        ...(isLate && { detail: `degraded: the last build is ${Math.round(ageMs / 1000)} s old` }),
      };
    });
}

function lateCuts({ cuts }: FeedgenContext): HealthCheck {
  const ageMs = cuts.age();
  return { name: 'cuts', ok: true, ...(ageMs > CUTS_LATE_MS && { detail: 'degraded: deleted posts may still show' }) };
}
