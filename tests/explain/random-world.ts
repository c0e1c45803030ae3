import { formatTid, postTokens, recordTime, timeVersion, type Version } from '@updraft/atproto';
import {
  actorLabels,
  actorStatus,
  type ClickHouse,
  createHiddenActors,
  insertRows,
  type PostRow,
  type PostStanding,
  postRows,
  type RecordRow,
  recordRows,
} from '@updraft/store';
import { didOf } from '../feedgen/network.ts';
import { quietLog } from '../migrated-database.ts';
import { postRow, recordRow } from '../record-row.ts';
import type { createDice } from '../world/dice.ts';

type Dice = ReturnType<typeof createDice>;

/** Posts, likes, reposts, replies, labels, opt-outs, hides, members, a list and accounts' statuses at random, which change at random. */
export interface RandomWorld {
  readonly uris: readonly string[];
  readonly standings: ReadonlyMap<string, PostStanding>;
  /** Writes more of everything, and takes some away. */
  grow(posts: number): Promise<void>;
}

export const LABEL = 'club';
export const AUTHORS = Array.from({ length: 5 }, (_, n) => didOf(`author${letter(n)}b`));
const OWNER = didOf('owner');
export const LIST = `at://${OWNER}/app.bsky.graph.list/3l3frqadlo32h`;
const WORDS = ['kelp', 'moss', 'fern'];
/** In a record that counts as invalid. */
export const BROKEN = 'broken-record';
const HOUR_MS = 3_600_000;
const LANGS = [[], ['en'], ['pt-BR'], ['de', 'en'], ['ja']];
const VALUES = ['porn', 'spam', 'bot', 'art', '!hide'];

export function createRandomWorld(clickhouse: ClickHouse, dice: Dice, asOfMs: number): RandomWorld {
  const readers = Array.from({ length: 25 }, (_, n) => didOf(`reader${letter(n)}b`));
  const posts: PostRow[] = [];
  const records: RecordRow[] = [];
  const standings = new Map<string, PostStanding>();
  const pick = <T>(from: readonly T[]): T => from[dice(from.length)] as T;
  let clock = 0;
  const tid = (atMs: number) => formatTid({ micros: atMs * 1000 + (clock++ % 1000), clockId: clock % 1024 });
  const version = (): Version => timeVersion(asOfMs * 1000 + clock++);
  /** Up to 60 hours ago, and now and then in the future. */
  const someMs = () => (dice(20) === 0 ? asOfMs + dice(HOUR_MS) : asOfMs - dice(60) * HOUR_MS + dice(HOUR_MS));

  function newPost(): PostRow {
    const sortAt = dice(6) === 0 ? asOfMs - dice(HOUR_MS) : someMs();
    const rkey = dice(40) === 0 ? `self${clock++}` : tid(sortAt);
    const text = Array.from({ length: dice(5) }, () => pick(WORDS)).join(' ');
    const row = postRow({
      did: pick(AUTHORS),
      rkey,
      recordHour: recordTime(rkey).recordHour,
      sortAt,
      version: version(),
      jsonRest: dice(6) === 0 ? `{"a":"${BROKEN}"}` : '{}',
      text,
      langs: pick(LANGS),
      parentUri: dice(3) === 0 && posts.length > 0 ? uriOf(pick(posts)) : '',
      hasEmbeddedMedia: dice(3) === 0,
    });
    return { ...row, tokens: postTokens({ ...row, captions: [], links: [] }, { ...row, sortAtMs: sortAt }) };
  }

  function newRecord(): RecordRow {
    const atMs = dice(3) === 0 ? someMs() : asOfMs - dice(2 * HOUR_MS);
    const collection = dice(4) === 0 ? 'app.bsky.feed.repost' : 'app.bsky.feed.like';
    const subject = uriOf(posts[Math.min(dice(posts.length), dice(posts.length))] as PostRow);
    return recordRow({
      collection,
      repo: pick(readers),
      rkey: tid(atMs),
      subject,
      createdMs: atMs,
      version: version(),
    });
  }

  /** Each account has one item, there or not. */
  function listItem(did: string, isThere: boolean): RecordRow {
    const rkey = formatTid({ micros: (asOfMs - HOUR_MS) * 1000 + AUTHORS.indexOf(did), clockId: 0 });
    const json = isThere ? JSON.stringify({ list: LIST, subject: did }) : '';
    const collection = 'app.bsky.graph.listitem';
    return recordRow({ collection, repo: OWNER, rkey, json, deleted: !isThere, version: version() });
  }

  function newStanding(): PostStanding {
    const on = pick(['post', 'account', 'profile'] as const);
    const labels = dice(2) === 0 ? [{ val: pick(VALUES), src: didOf('labeler'), on }] : [];
    return { labels, isOptedOut: dice(4) === 0, hiddenFrom: dice(8) === 0 ? [pick(['', 'feed0', 'feed1'])] : [] };
  }

  const statusOf = async (did: string, active: boolean) =>
    insertRows(clickhouse, actorStatus, [{ did, isDeletion: false, active, status: '', version: version() }]);
  const setMember = (did: string, isMember: boolean) =>
    insertRows(clickhouse, actorLabels, [
      {
        label: LABEL,
        actorDid: did,
        createdAt: asOfMs,
        changedBy: 'test',
        version: asOfMs * 1000 + clock++,
        deleted: !isMember,
      },
    ]);

  return {
    get uris() {
      return posts.map(uriOf);
    },
    standings,
    grow: async (count) => {
      for (let n = 0; n < count; n++) posts.push(newPost());
      for (let n = 0; n < count * 6; n++) records.push(newRecord());
      for (const post of posts) if (dice(8) === 0) standings.set(uriOf(post), newStanding());
      const gone = posts.filter(() => dice(25) === 0).map((post) => deletedPost(post, version()));
      const unliked = records
        .filter(({ subject }) => subject !== '' && dice(12) === 0)
        .map((row) => ({ ...row, operation: 'delete', subject: '', createdDelta: 0, deleted: true }));
      await insertRows(clickhouse, postRows, [...posts.slice(-count), ...gone]);
      await insertRows(clickhouse, recordRows, records.slice(-count * 6));
      await insertRows(clickhouse, recordRows, unliked);
      await Promise.all([...AUTHORS, ...readers].filter(() => dice(8) === 0).map((did) => statusOf(did, dice(3) > 0)));
      for (const did of AUTHORS.filter(() => dice(2) === 0)) await setMember(did, dice(4) > 0);
      const listed = AUTHORS.filter(() => dice(2) === 0).map((did) => listItem(did, dice(4) > 0));
      await insertRows(clickhouse, recordRows, listed);
      await createHiddenActors({ clickhouse, log: quietLog }).refresh();
    },
  };
}

function uriOf({ did, rkey }: Pick<PostRow, 'did' | 'rkey'>): string {
  return `at://${did}/app.bsky.feed.post/${rkey}`;
}

function deletedPost({ did, rkey, sortAt, recordHour }: PostRow, version: Version): PostRow {
  return postRow({ did, rkey, sortAt, recordHour, version, operation: 'delete', jsonRest: '', deleted: true });
}

/** A letter that a DID may have. */
function letter(n: number): string {
  return String.fromCodePoint('a'.codePointAt(0)! + n);
}
