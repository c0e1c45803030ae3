import { createHttpServer, createLogger, inSpan, inTrace, startTelemetry } from '@updraft/service';
import { readNumbers } from '../tests/world/command-line.ts';
import { round } from './shared/figures.ts';

const { ratio, seconds } = readNumbers(
  `pnpm bench tracing [--ratio R] [--seconds 3]
  What tracing costs: the CPU of one HTTP request, one call of a store and one batch, in microseconds. --ratio switches it on
  for that share of the traces, which go to a port where nobody listens; without it tracing is off.`,
  { ratio: undefined as number | undefined, seconds: 3 },
);
const log = createLogger({ service: 'bench', level: 'silent' });
await startTelemetry(
  { endpoint: ratio === undefined ? undefined : 'http://127.0.0.1:1', samplingRatio: ratio, resource: {} },
  log,
);

const app = createHttpServer({ log, handlerTimeoutMs: 0 });
app.get('/page', async (_request, reply) => reply.type('application/json').send('{"feed":[]}'));
await app.ready();

const results = {
  tracing: ratio === undefined ? 'off' : `on, ratio ${ratio}`,
  requestMicros: await cpuMicros(async () => void (await app.inject({ url: '/page', headers: { host: 'x' } }))),
  callMicros: await cpuMicros(() => inSpan('call', { kind: 'client' }, async () => {})),
  batchMicros: await cpuMicros(() => inTrace('batch', {}, () => inSpan('write', {}, async () => {}))),
};
process.stdout.write(`${JSON.stringify(results)}\n`);
process.exit(0);

/** CPU of one call, after a warm-up. */
async function cpuMicros(call: () => Promise<void>): Promise<number> {
  for (let n = 0; n < 5_000; n++) await call();
  const before = process.cpuUsage();
  const until = performance.now() + seconds * 1000;
  let calls = 0;
  while (performance.now() < until) {
    for (let n = 0; n < 100; n++) await call();
    calls += 100;
  }
  const { user, system } = process.cpuUsage(before);
  return round((user + system) / calls, 2);
}
