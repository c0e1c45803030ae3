import { withCallOptions } from '@updraft/store';
import { createAlertsState } from './alerts.ts';
import { createIngestState } from './ingest.ts';
import { createJobsState } from './jobs.ts';
import type { OperatorDeps } from './operator-deps.ts';
import { createRejectedPages } from './rejected.ts';
import { createServicesState } from './services.ts';
import { createSizeSamples } from './size-samples.ts';
import { createStorageState } from './storage.ts';

/** What operators may ask. Answers are shared for some seconds. */
export type OperatorAnswers = ReturnType<typeof createOperatorAnswers>;

/** Each of them reads little; none may keep a server busy. */
const CALLS = { timeoutMs: 15_000, settings: { max_threads: 2, max_memory_usage: 1_000_000_000 } };

export function createOperatorAnswers(deps: OperatorDeps & { readonly prometheus: string | undefined }) {
  const common = { ...deps, clickhouse: withCallOptions(deps.clickhouse, CALLS) };
  const samples = createSizeSamples(common);
  return {
    ingest: createIngestState(common),
    rejected: createRejectedPages(common),
    storage: createStorageState(common, samples),
    services: createServicesState(common),
    jobs: createJobsState(common),
    alerts: createAlertsState(deps.prometheus, deps.ttlMs),
    /** Notes sizes until the signal aborts. */
    run: samples.run,
  };
}
