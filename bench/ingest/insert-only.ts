import { backoff } from '@updraft/service';
import { createBatchWriter, createClickHouse, readCommandStores } from '@updraft/store';
import { readBatches } from './recorded-blocks.ts';

// Writes recorded batches, one after another, as the indexer does: `insert-only.ts DATABASE FOLDER`; the environment names ClickHouse.
// Prints {"cpuSeconds","seconds","rows"}.
const [, , database = '', folder = ''] = process.argv;
const batches = readBatches(folder);
const log = {
  debug: () => {},
  info: () => {},
  warn: (fields: object) => process.stderr.write(`${JSON.stringify(fields)}\n`),
  error: () => {},
};
const clickhouse = createClickHouse({ ...readCommandStores(process.env).clickhouse, database });
let rows = 0;
const writer = createBatchWriter({
  clickhouse,
  log,
  metrics: { onWritten: (_, written) => (rows += written) },
  backoff: () => backoff({ minMs: 100, maxMs: 10_000 }),
});
const signal = new AbortController().signal;
// It waits until it is told to begin, so that the work before is not counted.
process.stdout.write('loaded\n');
await new Promise((resolve) => process.stdin.once('data', resolve));

const startedAt = performance.now();
const cpuAtStart = process.cpuUsage();
for (const batch of batches) await writer.write(batch, signal);
const cpu = process.cpuUsage(cpuAtStart);
process.stdout.write(
  `${JSON.stringify({ cpuSeconds: (cpu.user + cpu.system) / 1e6, seconds: (performance.now() - startedAt) / 1_000, rows })}\n`,
);
await clickhouse.close();
process.exit(0);
