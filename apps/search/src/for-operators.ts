import { announce, type Telling } from '@updraft/store';
import type { SearchContext, SearchDeps } from './context.ts';
import { createOperatorAnswers, type OperatorAnswers } from './operator/operator-answers.ts';

const MAX_TTL_MS = 5_000;

export function createOperator({ env, ...common }: SearchDeps): OperatorAnswers {
  const ttlMs = Math.min(env.STATS_CACHE_TTL, MAX_TTL_MS);
  return createOperatorAnswers({ ...common, ttlMs, prefix: env.REDIS_PREFIX, prometheus: env.PROMETHEUS_ORIGIN });
}

/** Notes what operators see later, and says that this process runs, until the signal aborts. */
export async function runForOperators({ env, redis, signal, log }: SearchDeps, context: SearchContext): Promise<void> {
  const about = { redis, prefix: env.REDIS_PREFIX, name: 'search', tell: () => telling(context), log } as const;
  await Promise.all([context.signIn && context.operator.run(signal), announce(about, signal)]);
}

/** What operators see of this process. */
function telling({ searchTurns, cleanups }: SearchContext): Telling {
  const { underWay, waiting } = searchTurns.counts();
  return { facts: { searchesUnderWay: underWay, searchesWaiting: waiting, cleanups: cleanups ? 'on' : 'off' } };
}
