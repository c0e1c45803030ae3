import { runIndexer } from '@updraft/indexer';
import { createLogger } from '@updraft/service';
import { Registry } from 'prom-client';
import { createIndexerMetrics } from '../../apps/indexer/src/watch/metrics.ts';
import { createStatus } from '../../apps/indexer/src/watch/status.ts';
import { recordBatch } from './recorded-blocks.ts';

// Receives events and makes their rows, but writes them nowhere, or to files: `receive-only.ts URL SINCE LAST_SEQ [FOLDER]`.
// Prints {"events","cpuSeconds","seconds"}.
const [, , url = '', since = '', lastSeq = '', folder] = process.argv;
const log = createLogger({ service: 'receive-only', level: 'error' });
const metrics = createIndexerMetrics({ registry: new Registry(), now: Date.now });
const done = new AbortController();
let batches = 0;
let startedAt = 0;
let cpuAtStart = process.cpuUsage();

await runIndexer(
  {
    config: {
      hosts: [url],
      archive: undefined,
      redis: { address: '', password: '', prefix: 'receive-only' },
      limits: { maxEvents: 50_000, maxBytes: 32 << 20, flushIntervalMs: 1_000, queueMaxBytes: 96 << 20 },
      since: { atMicros: Date.parse(since) * 1_000 },
      compareEveryMs: 0,
      idleTimeoutMs: 60_000,
    },
    writer: {
      write: async (blocks) => {
        if (folder !== undefined) recordBatch(folder, batches, blocks);
        batches += 1;
      },
    },
    cursor: {
      load: async () => undefined,
      save: async ({ cursor = 0 }) => {
        if (cursor >= Number(lastSeq)) done.abort();
        return true;
      },
    },
    erased: { has: () => false },
    status: {
      ...createStatus({ stalledAfterMs: 60_000, eventCount: metrics.events.total, now: () => performance.now() }),
      connected: () => {
        if (startedAt !== 0) return;
        startedAt = performance.now();
        cpuAtStart = process.cpuUsage();
      },
    },
    metrics,
    log,
  },
  done.signal,
);
const cpu = process.cpuUsage(cpuAtStart);
process.stdout.write(
  `${JSON.stringify({ events: metrics.events.total(), cpuSeconds: (cpu.user + cpu.system) / 1e6, seconds: (performance.now() - startedAt) / 1_000 })}\n`,
);
process.exit(0);
