import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { changeMembers } from '@updraft/feeds';
import { type JetstreamServer, startJetstream } from '@updraft/simulator';
import { changeHide } from '@updraft/store';
import { type Program, type Store, startProgram, startStack, until } from '../indexer/stack.ts';
import { startIndexer } from '../indexer/start.ts';
import { startDirectory } from '../labelers/directory.ts';
import { type ForeignLabeler, startForeignLabeler } from '../labelers/foreign-labeler.ts';
import { MINIMUM_LIKES, WINDOW_MS } from './truth.ts';
import { type Deed, LIST } from './world.ts';

/** The indexer, the feed generator and a labeler over real databases. */
export interface FeedsStage extends AsyncDisposable {
  /** Lets the system hear of it. */
  tell(deed: Deed): Promise<void>;
  /** Kills it and starts it again. */
  kill(what: 'labeler' | 'feedgen'): Promise<void>;
  /** All of a feed, and the moment of its build, in milliseconds since 1970. */
  read(name: string): Promise<{ asOfMs: number; uris: string[] }>;
}

const WINDOW = `${WINDOW_MS / 60_000}m`;
const LIKED = `minimumLikes: ${MINIMUM_LIKES}, window: ${WINDOW}, refresh: 1s`;
const FEEDS_FILE = `
feeds:
  hot: { kind: hot, ${LIKED} }
  hot-all: { kind: hot, ${LIKED}, labels: { exclude: [] }, recommendableOnly: false }
  top: { kind: top, ${LIKED}, bots: false }
  art: { kind: top, ${LIKED}, labels: { exclude: [], require: [art] }, recommendableOnly: false }
  listed: { kind: list, list: '${LIST}', window: ${WINDOW}, refresh: 1s }
  club: { kind: author-label, label: club, window: ${WINDOW}, refresh: 1s }
  words: { kind: search, query: kelp, window: ${WINDOW}, refresh: 1s }
  words-hot: { kind: search, order: hot, query: kelp, ${LIKED} }
  both: { kind: union, feeds: [listed, club], refresh: 1s }
`;
const ACTOR = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';
const BY = 'the test';

export async function startFeedsStage(): Promise<FeedsStage> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.adopt(await mkdtemp(join(tmpdir(), 'updraft-feeds-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const feedsFile = join(folder, 'feeds.yaml');
  await writeFile(feedsFile, FEEDS_FILE);
  const stack = starting.adopt(await startStack(), (started) => started.close());
  const store = await stack.createStore('feeds');
  const host = starting.adopt(await startJetstream({}), (server) => server.close());
  const directory = starting.adopt(await startDirectory(), (server) => server.close());
  const labeler = starting.adopt(await startForeignLabeler(join(folder, 'labels.db')), (server) => server.close());
  directory.add(labeler.did, labeler.document);
  const env = { ...store.env, PLC_HOST: directory.url, LABELERS: labeler.did, FEEDS_FILE: feedsFile };
  const indexerEnv = { ...env, WS_URL: host.url, FLUSH_INTERVAL: '100ms', ALLOW_PRIVATE_ADDRESSES: 'true' };
  const indexer = startIndexer(store, indexerEnv);
  starting.defer(() => indexer.kill());
  const hears = () => untilHeard(labeler, store);
  await hears();
  const feedgen = await startFeedgen(env);
  starting.defer(() => feedgen.close());
  const stage = starting.move();
  return {
    tell: async (deed) => {
      if (deed.kind === 'event') show(host, deed);
      if (deed.kind === 'label') await sayTo(labeler, deed);
      const change = { changedBy: BY, atMicros: Date.now() * 1_000 };
      if (deed.kind === 'member')
        await changeMembers(store.clickhouse, { label: 'club', changedBy: BY }, [
          { did: deed.did, actions: [{ kind: deed.isMember ? 'give' : 'remove' }] },
        ]);
      if (deed.kind === 'hide' || deed.kind === 'unhide') {
        const { feed, subject } = deed;
        await changeHide(store.clickhouse, { ...change, feed, subject, isHidden: deed.kind === 'hide', reason: 'x' });
      }
    },
    kill: async (what) => {
      if (what === 'feedgen') return feedgen.restart();
      await labeler.restart();
      await hears();
    },
    read: feedgen.read,
    [Symbol.asyncDispose]: () => stage.disposeAsync(),
  };
}

function show(host: JetstreamServer, { did, line }: Extract<Deed, { kind: 'event' }>): void {
  host.append({ did, timeUs: Date.now() * 1_000, tail: '', raw: line, nth: 0 });
  host.settle();
}

/** This labeler forgets to send what it is told while a reader connects: so what counts is said once the indexer hears it. */
async function untilHeard(labeler: ForeignLabeler, store: Store): Promise<void> {
  let nth = 0;
  await until(async () => {
    const uri = `${LIST}-${nth++}`;
    await labeler.say({ uri, val: 'heard', neg: false });
    await delay(200);
    return (await store.count('labels', `uri = '${uri}'`)) > 0;
  }, 'a label to be heard');
}

function sayTo(labeler: ForeignLabeler, { uri, val, neg, expMs }: Extract<Deed, { kind: 'label' }>): Promise<void> {
  const end = Number.isFinite(expMs) ? { exp: new Date(expMs).toISOString() } : {};
  return labeler.say({ uri, val, neg, ...end });
}

interface Feedgen extends Pick<FeedsStage, 'read'> {
  restart(): Promise<void>;
  close(): Promise<void>;
}

async function startFeedgen(env: Readonly<Record<string, string>>): Promise<Feedgen> {
  const start = async (): Promise<{ program: Program; url: string }> => {
    const program = startProgram('apps/feedgen/src/main.ts', [], {
      ...env,
      LISTEN_ADDRESS: '127.0.0.1:0',
      SERVICE_ENDPOINT: 'https://feeds.example',
      FEED_ACTOR_DID: ACTOR,
      LOG_LEVEL: 'info',
    });
    const address = () => /"listen":"(?:http:\/\/)?([^"]+)"/.exec(program.output())?.[1];
    await until(() => address() !== undefined);
    return { program, url: `http://${address() ?? ''}` };
  };
  let running = await start();
  const page = async (name: string, query: string): Promise<Page | undefined> => {
    const feed = `at://${ACTOR}/app.bsky.feed.generator/${name}`;
    const response = await fetch(`${running.url}/xrpc/app.bsky.feed.getFeedSkeleton?feed=${feed}&${query}`);
    return response.ok ? ((await response.json()) as Page) : undefined;
  };
  return {
    read: (name) => readFeed((query) => page(name, query)),
    restart: async () => {
      await running.program.kill();
      running = await start();
    },
    close: () => running.program.kill(),
  };
}

interface Page {
  readonly feed: readonly { readonly post: string }[];
  readonly cursor?: string;
}

/** All pages of one build, whose moment stands in its cursors. A feed that is empty, or not ready yet, has none. */
async function readFeed(page: (query: string) => Promise<Page | undefined>) {
  const uris: string[] = [];
  let asOfMs = Date.now();
  let cursor = '';
  do {
    const next = await page(cursor === '' ? 'limit=1' : `limit=100&cursor=${encodeURIComponent(cursor)}`);
    uris.push(...(next?.feed.map(({ post }) => post) ?? []));
    if (cursor === '' && next?.cursor !== undefined) asOfMs = momentOf(next.cursor);
    cursor = next?.cursor ?? '';
  } while (cursor !== '');
  return { asOfMs, uris };
}

/** A cursor names its build, whose id begins with the moment in base 36. */
function momentOf(cursor: string): number {
  const [, , buildId = ''] = Buffer.from(cursor, 'base64url').toString('latin1').split('|');
  return Number.parseInt(buildId.split('-')[0] ?? '', 36);
}
