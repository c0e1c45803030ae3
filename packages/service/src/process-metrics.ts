import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { readBuildInfo } from './build-info.ts';

/** Gauges of prom-client with the names of counters; the same numbers exist under names without `_total`. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Adds the metrics of every process to a registry: CPU, memory, event loop, garbage collection, and what it was built from. */
export function addProcessMetrics(registry: Registry): void {
  if (registry.getSingleMetric('updraft_build_info') !== undefined) return;
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const { version = '', commit = '', builtAt = '' } = readBuildInfo();
  new Gauge({
    name: 'updraft_build_info',
    help: 'Always 1; what the process was built from',
    labelNames: ['version', 'commit', 'built_at'],
    registers: [registry],
  }).set({ version, commit, built_at: builtAt }, 1);
}
