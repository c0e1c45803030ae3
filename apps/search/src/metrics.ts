import type { Turns } from '@updraft/service';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The search service's metrics; docs/search.md describes them. */
export type SearchMetrics = ReturnType<typeof createSearchMetrics>;

/** `searches`: how many post searches are under way, and how many wait for their turn. */
export function createSearchMetrics(searches: Turns['counts']) {
  const registry = new Registry();
  const registers = [registry];
  registry.registerMetric(presentSearches(searches));
  const counter = <Label extends string>(name: string, help: string, label: Label) =>
    new Counter({ name, help, labelNames: [label], registers });
  return {
    registry,
    searches: counter('search_queries_total', 'Post searches, by outcome', 'outcome'),
    searchSeconds: new Histogram({
      name: 'search_query_seconds',
      help: 'Time from query to page',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10],
      registers,
    }),
    linkQueries: counter('search_link_queries_total', 'Questions about links, by outcome', 'outcome'),
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
    exports: counter('search_exports_total', 'Repository exports, by outcome', 'outcome'),
    cleanupRuns: counter('search_cleanup_runs_total', 'Runs of clean-ups, by the state they left', 'state'),
    listedAccounts: counter('search_listed_accounts_total', 'Accounts read from lists of hosts', 'host'),
    lookUps: counter('identity_lookups_total', 'DID documents asked for, by outcome', 'outcome'),
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
