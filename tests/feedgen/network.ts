import { commitVersion, formatTid, recordJson, recordTime, timeVersion, type Version } from '@updraft/atproto';
import {
  type ActorStatusRow,
  actorStatus,
  type ClickHouse,
  createHiddenActors,
  insertRows,
  type PostRow,
  postRows,
  recordRows,
} from '@updraft/store';
import { quietLog } from '../migrated-database.ts';
import { recordRow } from '../record-row.ts';

/** Records as the indexer writes them, for tests that need few and exact ones. Times are milliseconds since 1970. */
export interface Network {
  /** Writes posts; gives their uris. */
  post(...posts: PostSpec[]): Promise<string[]>;
  deletePost(uri: string): Promise<void>;
  /** One like each by accounts liker0, liker1, … of a post; gives the likes' uris. */
  like(uri: string, count: number, atMs?: number, firstLiker?: number): Promise<string[]>;
  repost(uri: string, count: number): Promise<void>;
  unlike(likeUri: string): Promise<void>;
  /** The account follows the others. */
  follow(did: string, others: readonly string[]): Promise<void>;
  /** A repost by this account; gives its uri. */
  repostBy(did: string, uri: string): Promise<string>;
  setStatus(did: string, active: boolean, status?: string): Promise<void>;
}

export interface PostSpec {
  did: string;
  atMs: number;
  parentUri?: string;
  langs?: readonly string[];
  hasMedia?: boolean;
  rkey?: string;
  /** The record itself; without it the post is one whose record isn't stored. */
  record?: object;
}

export const didOf = (name: string | number): string => `did:plc:${String(name).padEnd(24, 'a').slice(0, 24)}`;
export const liker = (n: number): string =>
  didOf(`liker${String(n).replaceAll('0', 'z').replaceAll('1', 'y').replaceAll('8', 'x').replaceAll('9', 'w')}b`);

export function createNetwork(clickhouse: ClickHouse): Network {
  let clock = 0;
  const tid = (atMs: number) => ({ micros: atMs * 1000 + (clock++ % 1000), clockId: clock % 1024 });
  const typed = (atMs: number, rkey = formatTid(tid(atMs))) => {
    const { recordHour } = recordTime(rkey);
    return { recordHour, rkey, sortAt: atMs, version: commitVersion(tid(atMs), false), deleted: false };
  };
  const removed = (rkey: string): { version: Version; deleted: true } & Pick<PostRow, 'recordHour' | 'rkey'> => ({
    recordHour: recordTime(rkey).recordHour,
    rkey,
    version: commitVersion(tid(Date.now()), true),
    deleted: true,
  });
  const postRow = ({ did, atMs, parentUri = '', langs = [], hasMedia = false, rkey }: PostSpec): PostRow => ({
    ...typed(atMs, rkey),
    did,
    text: '',
    langs,
    tags: [],
    mentions: [],
    tokens: [],
    parentUri,
    rootUri: '',
    quoteUri: '',
    embed: 'none',
    hasEmbeddedMedia: hasMedia,
    operation: 'create',
    jsonRest: '',
  });
  const subjectSpec = (collection: string, repo: string, subject: string, atMs: number) => {
    const { rkey, version } = typed(atMs);
    return { collection, repo, rkey, subject, createdMs: atMs, version };
  };
  return {
    post: async (...specs) => {
      const rows = specs.map((spec) => {
        const jsonRest = spec.record === undefined ? '' : (recordJson(spec.record) ?? '');
        return { ...postRow(spec), jsonRest };
      });
      await insertRows(clickhouse, postRows, rows);
      return rows.map((row) => `at://${row.did}/app.bsky.feed.post/${row.rkey}`);
    },
    deletePost: async (uri) => {
      const [did = '', , rkey = ''] = uri.slice(5).split('/');
      const deleted = { operation: 'delete', jsonRest: '', ...removed(rkey) };
      await insertRows(clickhouse, postRows, [{ ...postRow({ did, atMs: 0 }), ...deleted }]);
    },
    like: async (uri, count, atMs = Date.now() - 1_000, firstLiker = 0) => {
      const rows = Array.from({ length: count }, (_, n) => liker(firstLiker + n)).map((did) =>
        subjectSpec('app.bsky.feed.like', did, uri, atMs),
      );
      await insertRows(clickhouse, recordRows, rows.map(recordRow));
      return rows.map(({ repo, rkey }) => `at://${repo}/app.bsky.feed.like/${rkey}`);
    },
    repost: async (uri, count) => {
      const rows = Array.from({ length: count }, (_, n) =>
        subjectSpec('app.bsky.feed.repost', liker(n), uri, Date.now() - 1_000),
      );
      await insertRows(clickhouse, recordRows, rows.map(recordRow));
    },
    follow: async (did, others) => {
      const rows = others.map((other) => subjectSpec('app.bsky.graph.follow', did, other, Date.now() - 1_000));
      await insertRows(clickhouse, recordRows, rows.map(recordRow));
    },
    repostBy: async (did, uri) => {
      const row = subjectSpec('app.bsky.feed.repost', did, uri, Date.now() - 1_000);
      await insertRows(clickhouse, recordRows, [recordRow(row)]);
      return `at://${did}/app.bsky.feed.repost/${row.rkey}`;
    },
    unlike: async (uri) => {
      const [repo = '', , rkey = ''] = uri.slice(5).split('/');
      await insertRows(clickhouse, recordRows, [recordRow({ repo, ...removed(rkey) })]);
    },
    setStatus: async (did, active, status = '') => {
      const row: ActorStatusRow = {
        did,
        isDeletion: status === 'deleted',
        active,
        status,
        version: timeVersion(Date.now() * 1000),
      };
      await insertRows(clickhouse, actorStatus, [row]);
      await createHiddenActors({ clickhouse, log: quietLog }).refresh();
    },
  };
}
