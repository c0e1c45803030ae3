import type { Turns } from '@updraft/service';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The search service's metrics; docs/search.md describes them. */
export type SearchMetrics = ReturnType<typeof createSearchMetrics>;

export function createSearchMetrics() {
  const registry = new Registry();
  const registers = [registry];
  let counts: Turns['counts'] = () => ({ underWay: 0, waiting: 0 });
  registry.registerMetric(presentSearches(() => counts()));
  return {
    registry,
    watchSearches: (of: Turns['counts']) => {
      counts = of;
    },
    searches: new Counter({
      name: 'search_queries_total',
      help: 'Post searches, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    searchSeconds: new Histogram({
      name: 'search_query_seconds',
      help: 'Time from query to page',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10],
      registers,
    }),
    reportSeconds: new Histogram({
      name: 'search_report_seconds',
      help: 'Time that computing a report takes',
      labelNames: ['report'],
      buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60, 300],
      registers,
    }),
    reportAge: new Gauge({
      name: 'search_report_computed_at_seconds',
      help: 'When the report was last computed here, in seconds since 1970',
      labelNames: ['report'],
      registers,
    }),
    exports: new Counter({
      name: 'search_exports_total',
      help: 'Repository exports, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    cleanupRuns: new Counter({
      name: 'search_cleanup_runs_total',
      help: 'Runs of clean-ups, by the state they left',
      labelNames: ['state'],
      registers,
    }),
    listedAccounts: new Counter({
      name: 'search_listed_accounts_total',
      help: 'Accounts read from lists of hosts',
      labelNames: ['host'],
      registers,
    }),
    lookUps: new Counter({
      name: 'identity_lookups_total',
      help: 'DID documents asked for, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
  };
}

function presentSearches(counts: Turns['counts']): Gauge {
  return new Gauge({
    name: 'search_queries_present',
    help: 'Post searches under way, and those that wait for their turn',
    labelNames: ['state'],
    registers: [],
    collect() {
      const { underWay, waiting } = counts();
      this.set({ state: 'under_way' }, underWay);
      this.set({ state: 'waiting' }, waiting);
    },
  });
}
