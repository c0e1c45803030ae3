import type { PdsAccount } from './account.ts';
import { BLOCK, FOLLOW, LIKE, POST, PROFILE, REPOST, type Value } from './records.ts';

/** What the index must show, made of the repositories on the PDS alone. Rows by table, each as a line of JSON. */
export interface Expected {
  readonly rows: Readonly<Record<string, readonly string[]>>;
  /** Likes by subject, one an account. */
  readonly likeCounts: ReadonlyMap<string, number>;
  /** What each can be found by: the words of its text and of what its pictures are said to show. */
  readonly posts: readonly { readonly uri: string; readonly words: readonly string[] }[];
  readonly stats: Readonly<Record<'total_users' | 'total_posts' | 'total_likes' | 'total_follows', number>>;
  /** Of the one day on which everything happened, or of two. */
  readonly days: Readonly<Record<string, number>>;
}

interface RepoRecord {
  readonly did: string;
  readonly collection: string;
  readonly rkey: string;
  readonly value: Value;
}

export async function expectedOf(accounts: readonly PdsAccount[]): Promise<Expected> {
  const present = accounts.filter((account) => account.state() === 'active');
  const records: RepoRecord[] = [];
  for (const account of present) {
    for (const [uri, value] of await account.listRecords()) {
      const [did = '', collection = '', rkey = ''] = uri.slice('at://'.length).split('/');
      records.push({ did, collection, rkey, value: value as Value });
    }
  }
  const of = (collection: string) => records.filter((record) => record.collection === collection);
  const subjects = (collection: string) => of(collection).map((record) => [record.did, subjectOf(record)]);
  const pairs = (collection: string) => new Set(subjects(collection).map((pair) => pair.join(' '))).size;
  const actors = (collection: string) => new Set(of(collection).map(({ did }) => did)).size;
  return {
    rows: {
      repo_records: records.map(({ did, collection, rkey, value }) => line([did, collection, rkey, stored(value)])),
      posts: of(POST).map(postLine),
      ...Object.fromEntries(
        [LIKE, REPOST, FOLLOW, BLOCK].map((name) => [
          tableOf(name),
          of(name).map((record) => line([record.did, record.rkey, subjectOf(record)])),
        ]),
      ),
      profiles: of(PROFILE).map(({ did, value }) => line([did, value['displayName'], value['description']])),
      actor_handles: present.map((account) => line([account.did, account.handle()])),
    },
    likeCounts: countBy(new Map(subjects(LIKE).map((pair) => [pair.join(' '), String(pair[1])])).values()),
    posts: of(POST).map(({ did, rkey, value }) => ({
      uri: `at://${did}/${POST}/${rkey}`,
      words: wordsOf(value),
    })),
    stats: {
      total_users: present.length,
      total_posts: of(POST).length,
      total_likes: pairs(LIKE),
      total_follows: pairs(FOLLOW),
    },
    days: {
      num_posts: of(POST).length,
      num_posters: actors(POST),
      num_likes: pairs(LIKE),
      num_likers: actors(LIKE),
      num_follows: pairs(FOLLOW),
      num_followers: actors(FOLLOW),
      num_blocks: pairs(BLOCK),
      num_blockers: actors(BLOCK),
    },
  };
}

export function tableOf(collection: string): string {
  return `${collection.slice(collection.lastIndexOf('.') + 1)}s`;
}

/** Values in an order of their own, with the keys of objects sorted. */
export function line(values: readonly unknown[]): string {
  return JSON.stringify(values, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** Galleries are not among them: the index does not read them as media. */
const MEDIA = ['app.bsky.embed.images', 'app.bsky.embed.gallery', 'app.bsky.embed.video'];

function wordsOf(value: Value): string[] {
  const { images = [], items = [] } = (value['embed'] ?? {}) as {
    images?: { alt: string }[];
    items?: { alt: string }[];
  };
  return [value['text'] as string, ...[...images, ...items].map(({ alt }) => alt)].flatMap((text) => text.split(' '));
}

function postLine({ did, rkey, value }: RepoRecord): string {
  const reply = (value['reply'] ?? {}) as Record<string, { uri: string } | undefined>;
  const embed = (value['embed'] ?? {}) as { $type?: string; record?: { uri: string } };
  const uris = [reply['parent']?.uri ?? '', reply['root']?.uri ?? '', embed.record?.uri ?? ''];
  return line([did, rkey, value['text'], ...uris, MEDIA.includes(embed.$type ?? '') ? 1 : 0]);
}

function subjectOf({ value }: RepoRecord): string {
  const { subject } = value;
  return typeof subject === 'string' ? subject : (subject as { uri: string }).uri;
}

/** The record as it is stored: without the cids of references. */
function stored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stored);
  if (typeof value !== 'object' || value === null) return value;
  const isRef = 'cid' in value && 'uri' in value && String(value.uri).startsWith('at://');
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(isRef && key === 'cid'))
      .map(([key, item]) => [key, stored(item)]),
  );
}

function countBy(names: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
