import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenOrExplain, SetupError } from '@updraft/service';
import type { Credentials } from './auth.ts';
import { openEngine } from './engine.ts';
import { readServerOptions, type ServerOptions, THREAD_POOL_SIZE } from './options.ts';
import { createClickHouseServer } from './server.ts';

// Usage: node main.ts --data DIR [--port 8123] [--host 127.0.0.1] [--max-memory-mb 3072] [--max-body-mb 1024]
//   [--concurrent-queries 8] [--max-wait-ms 30000]
// User and password of the interface: CLICKHOUSE_USERNAME, CLICKHOUSE_PASSWORD.

/** How long queries may go on after SIGTERM before they are killed, and how long that may take. */
const GRACE_MS = 8_000;
const KILL_MS = 4_000;

try {
  const options = readServerOptions(process.argv.slice(2));
  // each running query holds a thread of libuv's pool, whose size is fixed when Node starts
  if (process.env['UV_THREADPOOL_SIZE'] === undefined) startAgain();
  else await serve(options);
} catch (error) {
  process.stderr.write(`clickhouse: ${error instanceof SetupError ? error.message : String(error)}\n`);
  process.exit(1);
}

async function serve(options: ServerOptions): Promise<void> {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const engine = await openEngine({
    dataDir,
    maxMemoryBytes: options.maxMemoryBytes,
    maxExecutionTimeS: 300,
    count: options.concurrentQueries,
    maxWaiting: 256,
    maxWaitMs: options.maxWaitMs,
  });
  const server = createClickHouseServer({
    engine,
    credentials: readCredentials(),
    maxBodyBytes: options.maxBodyBytes,
    onFault: (error) => process.stderr.write(`clickhouse: ${error instanceof Error ? error.stack : String(error)}\n`),
  });
  await listenOrExplain(`${options.host}:${options.port}`, '--port', ({ host, port }) => listen(server, host, port));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : options.port;
  process.stdout.write(`clickhouse: listening on http://${options.host}:${port}\n`);
  stopOnSignals(server, () => engine.close());
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((listening, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      listening();
    });
  });
}

/** No new queries; those that run may end, then they are killed; then the engine closes and the process exits with 0. */
function stopOnSignals(server: Server, close: () => Promise<void>): void {
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), GRACE_MS + KILL_MS); // what is acknowledged is on disk whatever happens
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    await Promise.race([once(server.close(), 'close'), sleep(GRACE_MS)]);
    clearInterval(idle);
    await close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
}

function readCredentials(): Credentials | undefined {
  const user = process.env['CLICKHOUSE_USERNAME'] ?? '';
  const password = process.env['CLICKHOUSE_PASSWORD'] ?? '';
  return user === '' && password === '' ? undefined : { user: user === '' ? 'default' : user, password };
}

function startAgain(): void {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: THREAD_POOL_SIZE, TZ: process.env['TZ'] ?? 'UTC' },
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', forward);
  process.on('SIGINT', forward);
  child.on('error', (error) => {
    process.stderr.write(`clickhouse: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}
