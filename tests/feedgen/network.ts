import { commitVersion, formatTid, recordJson, recordTime, timeVersion } from '@updraft/atproto';
import {
  type ActorStatusRow,
  actorStatus,
  type ClickHouse,
  createHiddenActors,
  insertRows,
  likes,
  type PostRow,
  posts,
  type RepoRecordRow,
  repoRecords,
  reposts,
  type SubjectUriRow,
} from '@updraft/store';

/** Records as the indexer writes them, for tests that need few and exact ones. Times are milliseconds since 1970. */
export interface Network {
  /** Writes posts; gives their uris. */
  post(...posts: PostSpec[]): Promise<string[]>;
  deletePost(uri: string): Promise<void>;
  /** One like each by accounts liker0, liker1, … of a post; gives the likes' uris. */
  like(uri: string, count: number, atMs?: number, firstLiker?: number): Promise<string[]>;
  repost(uri: string, count: number): Promise<void>;
  unlike(likeUri: string): Promise<void>;
  setStatus(did: string, active: boolean, status?: string): Promise<void>;
}

export interface PostSpec {
  did: string;
  atMs: number;
  parentUri?: string;
  langs?: readonly string[];
  hasMedia?: boolean;
  rkey?: string;
  /** The record itself; without it only the row of the post is written. */
  record?: object;
}

export const didOf = (name: string | number): string => `did:plc:${String(name).padEnd(24, 'a').slice(0, 24)}`;
export const liker = (n: number): string =>
  didOf(`liker${String(n).replaceAll('0', 'z').replaceAll('1', 'y').replaceAll('8', 'x').replaceAll('9', 'w')}b`);

export function createNetwork(clickhouse: ClickHouse): Network {
  let clock = 0;
  const tid = (atMs: number) => ({ micros: atMs * 1000 + (clock++ % 1000), clockId: clock % 1024 });
  const typed = (atMs: number, rkey = formatTid(tid(atMs))) => {
    const { recordHour, recordTimeS } = recordTime(rkey);
    return {
      recordHour,
      recordTime: recordTimeS,
      rkey,
      sortAt: atMs,
      version: commitVersion(tid(atMs), false),
      deleted: false,
    };
  };
  const removed = (rkey: string) => ({
    ...typed(Date.now(), rkey),
    sortAt: 0,
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
  });
  return {
    post: async (...specs) => {
      const rows = specs.map(postRow);
      const records = rows.flatMap((row, index) => {
        const record = specs[index]?.record;
        return record === undefined ? [] : [repoRecordOf(row, record)];
      });
      await insertRows(clickhouse, repoRecords, records);
      await insertRows(clickhouse, posts, rows);
      return rows.map((row) => `at://${row.did}/app.bsky.feed.post/${row.rkey}`);
    },
    deletePost: async (uri) => {
      const [did = '', , rkey = ''] = uri.slice(5).split('/');
      await insertRows(clickhouse, posts, [{ ...postRow({ did, atMs: 0 }), ...removed(rkey) }]);
    },
    like: async (uri, count, atMs = Date.now() - 1_000, firstLiker = 0) => {
      const rows = Array.from(
        { length: count },
        (_, n): SubjectUriRow => ({ ...typed(atMs), actorDid: liker(firstLiker + n), subjectUri: uri }),
      );
      await insertRows(clickhouse, likes, rows);
      return rows.map((row) => `at://${row.actorDid}/app.bsky.feed.like/${row.rkey}`);
    },
    repost: async (uri, count) => {
      const rows = Array.from(
        { length: count },
        (_, n): SubjectUriRow => ({ ...typed(Date.now() - 1_000), actorDid: liker(n), subjectUri: uri }),
      );
      await insertRows(clickhouse, reposts, rows);
    },
    unlike: async (uri) => {
      const [actorDid = '', , rkey = ''] = uri.slice(5).split('/');
      await insertRows(clickhouse, likes, [{ ...removed(rkey), actorDid, subjectUri: '' }]);
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
      await createHiddenActors({ clickhouse, log: SILENT }).refresh();
    },
  };
}

function repoRecordOf({ did, recordHour, recordTime: seconds, rkey, version }: PostRow, record: object): RepoRecordRow {
  return {
    recordHour,
    recordTime: seconds,
    repo: did,
    collection: 'app.bsky.feed.post',
    rkey,
    operation: 'create',
    recordJson: recordJson(record) ?? '',
    version,
    deleted: false,
  };
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
