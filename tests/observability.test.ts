import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEPLOY, metricsIn, type PanelQuery, readPanelQueries } from './observability/dashboards.ts';
import { findProgram, type Prometheus, promtool, startPrometheus } from './observability/prometheus.ts';
import { until } from './until.ts';

const documented = [
  ...(await readFile(join(import.meta.dirname, '../docs/metrics.md'), 'utf8')).matchAll(/^\| `(\w+)`/gm),
].map(([, name]) => name);
const queries = await readPanelQueries();
const rules = await readFile(join(DEPLOY, 'prometheus/alerts.yml'), 'utf8');

describe('dashboards and alerts', () => {
  test('ask only for metrics that docs/metrics.md names', () => {
    const asked = [...new Set([...queries.map(({ expr }) => expr), rules].flatMap(metricsIn))];
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((name) => !documented.includes(name))).toEqual([]);
  });
});

const checker = findProgram('promtool');

describe.skipIf(checker === undefined)('promtool (skipped where there is none: Debian’s package prometheus)', () => {
  const check = (...args: string[]) => promtool(checker ?? '', args);

  test('finds nothing to say about the scrape configuration and the alerts', () => {
    expect(check('check', 'config', join(DEPLOY, 'prometheus/prometheus.yml'))).toBe('');
  });

  test('sees the alerts rise when they should, and not before', () => {
    expect(check('test', 'rules', join(DEPLOY, 'prometheus/alerts.test.yml'))).toBe('');
  });
});

const program = findProgram('prometheus');

describe.skipIf(program === undefined)('a Prometheus over npm start (skipped where there is none)', () => {
  /** So that its ports lie above those of tests/start.test.ts, and below those that the system gives out by itself. */
  const offset = 22_200 + Math.floor(Math.random() * 1_400);
  const at = (port: number) => `127.0.0.1:${port + offset}`;
  const stop = new AbortController();
  let folder: string;
  let stack: ReturnType<typeof spawn>;
  let prometheus: Prometheus;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'updraft-observability-'));
    const command = resolve(import.meta.dirname, '../packages/local/src/start-command.ts');
    const world = ['--rate', '100', '--hostile', '0.3', '--accounts', '300', '--since', '10m'];
    const place = ['--data', join(folder, 'data'), '--port-offset', String(offset)];
    stack = spawn(process.execPath, [command, '--simulate', ...world, ...place], { stdio: 'ignore' });
    const targets = { indexer: at(8091), feedgen: at(8095), search: at(8093), clickhouse: at(8123) };
    let login: { username: string; password: string } | undefined;
    await until(async () => (login = await loginIn(join(folder, 'data/netrc'))) !== undefined);
    if (login === undefined) throw new Error('unreachable');
    prometheus = await startPrometheus({ program: program ?? '', folder, port: 9090 + offset, targets, login });
    for (const ready of [at(8095), at(8093)]) await until(() => isOk(`http://${ready}/readyz`));
    void visit(at, stop.signal);
  }, 180_000);

  afterAll(async () => {
    stop.abort();
    await prometheus?.[Symbol.asyncDispose]();
    const exit = once(stack, 'exit');
    stack.kill('SIGTERM');
    await exit;
    await rm(folder, { recursive: true, force: true });
  });

  test('has data for every query of every Grafana panel', async () => {
    let missing: readonly PanelQuery[] = queries;
    for (let tries = 0; missing.length > 0 && tries < 60; tries++) {
      await sleep(1_000);
      missing = await withoutData(missing, prometheus);
    }
    expect(missing.map(({ place }) => place)).toEqual([]);
  });

  test.skipIf(checker === undefined)('and promtool finds nothing to say about what the apps serve', async () => {
    for (const app of [at(8091), at(8095), at(8093)]) {
      const text = await (await fetch(`http://${app}/metrics`)).text();
      expect(promtool(checker ?? '', ['check', 'metrics'], text)).toBe('');
    }
  });
});

async function withoutData(asked: readonly PanelQuery[], prometheus: Prometheus): Promise<PanelQuery[]> {
  const answers = await Promise.all(
    asked.map(({ expr }) => prometheus.query(expr.replaceAll('$__rate_interval', '30s'))),
  );
  return asked.filter((_query, index) => !answers[index]?.some(Number.isFinite));
}

/** What readers do, so that there is something to see. */
async function visit(at: (port: number) => string, signal: AbortSignal): Promise<void> {
  const feeds = (await (await fetch(`http://${at(8094)}/xrpc/app.bsky.feed.describeFeedGenerator`)).json()) as {
    feeds: { uri: string }[];
  };
  const feed = encodeURIComponent(feeds.feeds[0]?.uri ?? '');
  const visited = [
    `http://${at(8094)}/xrpc/app.bsky.feed.getFeedSkeleton?feed=${feed}&limit=10`,
    `http://${at(8092)}/search/posts?q=a`,
    `http://${at(8092)}/stats`,
  ];
  while (!signal.aborted) {
    await Promise.all(visited.map((url) => fetch(url).then((reply) => reply.text()))).catch(() => undefined);
    await sleep(300);
  }
}

/** The services' login to ClickHouse, once `npm start` has made it. */
async function loginIn(netrc: string): Promise<{ username: string; password: string } | undefined> {
  const text = await readFile(netrc, 'utf8').catch(() => '');
  const password = /^machine 127\.0\.0\.1 login updraft password (\S+)$/m.exec(text)?.[1];
  return password === undefined ? undefined : { username: 'updraft', password };
}

async function isOk(url: string): Promise<boolean> {
  return fetch(url).then(
    (reply) => reply.ok,
    () => false,
  );
}
