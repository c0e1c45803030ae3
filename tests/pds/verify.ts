import { startJetstream } from '@updraft/simulator';
import { countAccounts } from '../account-counts.ts';
import { expectCleanEnd, type Store, startProgram, startStack, until } from '../indexer/stack.ts';
import { type SearchService, startSearchService } from '../search/service.ts';
import { selectRows } from '../select-rows.ts';
import { createDice } from '../world/dice.ts';
import { doDeeds } from './deeds.ts';
import { type Expected, expectedOf, line } from './expected.ts';
import { startPdsNetwork } from './network.ts';
import { WORDS } from './records.ts';

export interface PdsVerdict {
  readonly seed: number;
  readonly deeds: Readonly<Record<string, number>>;
  /** Lines that the Jetstream host sent. */
  readonly events: number;
  /** Rows that were compared. */
  readonly rows: number;
  /** What the index has and the repositories don't, or the reverse, in words. */
  readonly differences: readonly string[];
}

/**
 * Lets people do things on a real PDS, whose firehose a Jetstream host shows to the real indexer, and compares the index with the
 * repositories as the PDS lists them: rows, counts, searches, statistics.
 */
export async function verifyPds(options: { readonly seed: number; readonly deeds: number }): Promise<PdsVerdict> {
  await using cleanup = new AsyncDisposableStack();
  const stack = cleanup.adopt(await startStack(), (started) => started.close());
  const store = await stack.createStore('pds');
  const host = cleanup.adopt(await startJetstream({}), (server) => server.close());
  const network = cleanup.use(await startPdsNetwork(host));
  const indexer = startProgram('apps/indexer/src/main.ts', [], {
    ...store.env,
    WS_URL: host.url,
    SINCE: '1h',
    FLUSH_INTERVAL: '200ms',
  });
  const { accounts, done } = await doDeeds(network, createDice(options.seed), options.deeds);
  const events = await network.settled();
  await until(async () => (await indexer.metric('updraft_indexer_events_total')) >= events);
  indexer.child.kill('SIGTERM');
  await expectCleanEnd(indexer);
  const service = cleanup.use(await startSearchService(store));
  const expected = await expectedOf(accounts);
  return {
    seed: options.seed,
    deeds: Object.fromEntries(done),
    events,
    rows: Object.values(expected.rows).reduce((sum, rows) => sum + rows.length, 0),
    differences: [
      ...(await differentRows(store, expected)),
      ...(await differentCounts(store, expected)),
      ...(await differentSearches(service, expected)),
      ...(await differentStats(service, expected)),
    ],
  };
}

const SHOWS = (did: string) =>
  `version > dictGetOrDefault('hidden_recent', 'hidden_below', sipHash64(${did}), dictGet('hidden', 'hidden_below', sipHash64(${did})))`;
const bySubject = (table: string, column: string) =>
  `SELECT actor_did, rkey, ${column} FROM ${table} FINAL WHERE ${SHOWS('actor_did')}`;

/** What each table shows, its columns in the order of the expected lines. */
const SHOWN: Readonly<Record<string, string>> = {
  repo_records: `SELECT repo, collection, rkey, record_json FROM repo_records FINAL WHERE ${SHOWS('repo')}`,
  posts: `SELECT did, rkey, text, parent_uri, root_uri, quote_uri, has_embedded_media FROM posts FINAL WHERE ${SHOWS('did')}`,
  likes: bySubject('likes', 'subject_uri'),
  reposts: bySubject('reposts', 'subject_uri'),
  follows: bySubject('follows', 'subject_did'),
  blocks: bySubject('blocks', 'subject_did'),
  profiles: `SELECT actor_did, display_name, description FROM profiles FINAL WHERE ${SHOWS('actor_did')}`,
  actor_handles: 'SELECT did, handle FROM actors WHERE active = 1',
};

async function differentRows({ clickhouse }: Store, { rows }: Expected): Promise<string[]> {
  const different: string[] = [];
  for (const [table, sql] of Object.entries(SHOWN)) {
    const shown = await selectRows(clickhouse, sql);
    const lines = shown.map(({ record_json: json, ...row }) =>
      line(typeof json === 'string' ? [...Object.values(row), JSON.parse(json)] : Object.values(row)),
    );
    different.push(...differencesOf(table, lines, rows[table] ?? []));
  }
  return different;
}

async function differentCounts({ clickhouse }: Store, { likeCounts }: Expected): Promise<string[]> {
  const different: string[] = [];
  for (const [uri, expected] of likeCounts) {
    const likes = await countAccounts(clickhouse, 'likes', uri);
    if (likes !== expected) different.push(`${uri} has ${likes} likes, expected ${expected}`);
  }
  return different;
}

async function differentSearches(service: SearchService, { posts }: Expected): Promise<string[]> {
  const different: string[] = [];
  for (const word of WORDS) {
    const expected = posts.filter(({ words }) => words.includes(word)).map(({ uri }) => uri);
    different.push(...differencesOf(`search for ${word}`, await searchAll(service, word), expected));
  }
  return different;
}

async function searchAll(service: SearchService, q: string): Promise<string[]> {
  const uris: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const query = new URLSearchParams({ q, limit: '100', sort: 'latest', ...(cursor !== '' && { cursor }) });
    const answer = await service.get(`/search/posts?${query.toString()}`);
    if (answer.status !== 200) throw new Error(`${q}: ${answer.text}`);
    const page = answer.json() as { posts: { uri: string }[]; cursor?: string };
    uris.push(...page.posts.map(({ uri }) => uri));
    cursor = page.cursor;
  }
  return uris;
}

/** Statistics are counted in the background: what they are once they stand still is what counts. */
async function differentStats(service: SearchService, { stats, days }: Expected): Promise<string[]> {
  const expected = line([{ ...stats, ...days }]);
  let given = '';
  for (const deadline = Date.now() + STATS_WITHIN_MS; given !== expected && Date.now() < deadline; ) {
    const { daily_data: daily, ...totals } = (await service.get('/stats')).json() as Record<string, number> & {
      daily_data: Record<string, number>[];
    };
    const sums = Object.keys(days).map((name) => [name, daily.reduce((sum, day) => sum + Number(day[name]), 0)]);
    const wanted = Object.keys(stats).map((name) => [name, totals[name]]);
    given = line([Object.fromEntries([...wanted, ...sums])]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return given === expected ? [] : [`/stats gives ${given}, expected ${expected}`];
}

const STATS_WITHIN_MS = 60_000;

function differencesOf(what: string, found: readonly string[], expected: readonly string[]): string[] {
  const [have, want] = [new Set(found), new Set(expected)];
  const twice = found.length - have.size;
  return [
    ...[...have.difference(want)].map((item) => `${what}: too much: ${item}`),
    ...[...want.difference(have)].map((item) => `${what}: missing: ${item}`),
    ...(twice > 0 ? [`${what}: ${twice} rows stand there twice`] : []),
  ];
}
