import { writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNetwork, didOf } from './feedgen/network.ts';
import { ACTOR_DID, until } from './feedgen/stage.ts';
import { CHECKED_ANSWERS } from './http/checked-answers.ts';
import { expectCleanEnd, type Program, type Stack, startProgram, startStack } from './indexer/stack.ts';

const POSTS = 40;
const READERS = 3;
const FEEDS = 'feeds: { top: { kind: top, minimumLikes: 1, refresh: 1s } }';

let stack: Stack;
const programs: Program[] = [];
const agent = new Agent({ keepAlive: true });
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  agent.destroy();
  for (const { child, exited } of programs) {
    child.kill('SIGKILL');
    await exited;
  }
  await stack.close();
});

/** What a load balancer knows of an instance. */
interface Upstream {
  program: Program;
  url: string;
  metrics: string;
  isReady: boolean;
  answered: number;
}

interface SkeletonPage {
  readonly feed: readonly { readonly post: string }[];
  readonly cursor?: string;
}

/** Starts an instance, at the addresses of `before` when it takes its place. */
async function start(env: Readonly<Record<string, string>>, before?: Upstream): Promise<Upstream> {
  const program = startProgram('apps/feedgen/src/main.ts', [], {
    ...env,
    ...CHECKED_ANSWERS,
    LISTEN_ADDRESS: before === undefined ? '127.0.0.1:0' : new URL(before.url).host,
    METRICS_LISTEN_ADDRESS: before?.metrics ?? '127.0.0.1:0',
  });
  programs.push(program);
  await program.says('serving feeds');
  const field = (name: string) => new RegExp(`"${name}":"([^"]+)"`).exec(program.output())?.[1] ?? '';
  return { program, url: field('listen'), metrics: new URL(field('metrics')).host, isReady: false, answered: 0 };
}

async function isReady({ metrics }: Upstream): Promise<boolean> {
  return fetch(`http://${metrics}/readyz`).then(
    (reply) => reply.ok,
    () => false,
  );
}

/** A page over a connection that is kept. */
function page(upstream: Upstream, cursor: string | undefined): Promise<SkeletonPage> {
  const query = new URLSearchParams({ feed: `at://${ACTOR_DID}/app.bsky.feed.generator/top`, limit: '20' });
  if (cursor !== undefined) query.set('cursor', cursor);
  return new Promise((resolve, reject) => {
    const url = `${upstream.url}/xrpc/app.bsky.feed.getFeedSkeleton?${query.toString()}`;
    const request = get(url, { agent }, (response) => {
      text(response).then((body) => {
        if (response.statusCode === 200) resolve(JSON.parse(body) as SkeletonPage);
        else reject(new Error(`${response.statusCode} ${body}`));
      }, reject);
    });
    request.on('error', reject);
  });
}

/** Requests to whichever instances are ready, in turn, until stopped; what went wrong. */
function load(upstreams: readonly Upstream[], stop: AbortSignal) {
  const faults: string[] = [];
  let turn = 0;
  const next = (): Upstream | undefined => {
    const ready = upstreams.filter((upstream) => upstream.isReady);
    return ready[turn++ % ready.length];
  };
  async function readFeed(): Promise<void> {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const upstream = next();
      if (upstream === undefined) throw new Error('no instance is ready');
      const { feed, cursor: following } = await page(upstream, cursor);
      upstream.answered += 1;
      seen.push(...feed.map(({ post }) => post));
      cursor = following;
    } while (cursor !== undefined);
    if (seen.length !== POSTS || new Set(seen).size !== POSTS)
      throw new Error(`a reader saw ${seen.length} posts, ${new Set(seen).size} of them different`);
  }
  const readers = Array.from({ length: READERS }, async () => {
    while (!stop.aborted) {
      await readFeed().catch((error: unknown) => faults.push(String(error)));
      await delay(50); // a load that leaves the restarts room
    }
  });
  const looking = (async () => {
    while (!stop.aborted) {
      for (const upstream of upstreams) upstream.isReady = await isReady(upstream);
      await delay(100);
    }
  })();
  return { faults, ended: Promise.all([...readers, looking]) };
}

test('two instances are restarted one after the other under load, and no request fails', async () => {
  const store = await stack.createStore('rolling');
  const network = createNetwork(store.clickhouse);
  const atMs = Date.now() - 60_000;
  const uris = await network.post(
    ...Array.from({ length: POSTS }, (_, nth) => ({ did: didOf('author'), atMs: atMs + nth * 100 })),
  );
  await Promise.all(uris.map((uri) => network.like(uri, 1)));
  const file = join(stack.directory, 'rolling.yaml');
  await writeFile(file, FEEDS);
  const env = { ...store.env, FEEDS_FILE: file, FEED_ACTOR_DID: ACTOR_DID, DRAIN_DELAY: '3s', LOG_LEVEL: 'info' };
  const upstreams = await Promise.all([start(env), start(env)]);
  await until(async () => (await Promise.all(upstreams.map(isReady))).every(Boolean));
  for (const upstream of upstreams) upstream.isReady = true;

  const stop = new AbortController();
  const { faults, ended } = load(upstreams, stop.signal);
  const first = upstreams.map(({ program }) => program);
  for (const upstream of upstreams) {
    await until(() => upstream.answered > 10);
    upstream.program.child.kill('SIGTERM');
    await expectCleanEnd(upstream.program);
    Object.assign(upstream, await start(env, upstream));
    await until(() => upstream.answered > 10);
  }
  stop.abort();
  await ended;
  expect(faults).toEqual([]);
  expect(upstreams.map(({ program }) => first.includes(program))).toEqual([false, false]);
}, 240_000);
