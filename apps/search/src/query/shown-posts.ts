import { leftOutBy, NOT_RECOMMENDED } from '@updraft/feeds';
import { type ClickHouse, type FoundPost, labelsInForce, readStandings } from '@updraft/store';
import type { SearchCursor } from './search-cursor.ts';

/** Posts that match after a place of the order, `count` at the most. */
export type ReadPosts = (after: SearchCursor | undefined, count: number) => Promise<readonly FoundPost[]>;
/** Whether a post may be shown, by its uri. Rejects when that can't be read: then nothing is shown. */
export type KeepUris = (uris: readonly string[]) => Promise<(uri: string) => boolean>;

export interface ShownQuery {
  readonly read: ReadPosts;
  readonly keep: KeepUris;
  readonly after: SearchCursor | undefined;
  /** How many are wanted. */
  readonly count: number;
}

/** Posts that match and may be shown: more are read until there are enough, in growing rounds. */
export async function shownPosts({ read, keep, after: start, count }: ShownQuery): Promise<FoundPost[]> {
  const shown: FoundPost[] = [];
  let after = start;
  for (let asked = count; ; asked = Math.min(asked * 4, MAX_POSTS)) {
    const posts = await read(after, asked);
    const isKept = posts.length === 0 ? () => true : await keep(posts.map(postUri));
    shown.push(...posts.filter((post) => isKept(postUri(post))));
    if (shown.length >= count || posts.length < asked) return shown.slice(0, count);
    after = posts.at(-1);
  }
}

const MAX_POSTS = 1_000;

/** For the order that recommends posts: what a feed of everybody's posts shows by default. */
export function recommendable(clickhouse: ClickHouse, nowMs: number): KeepUris {
  const rules = {
    alias: '',
    labels: { exclude: [...NOT_RECOMMENDED], require: [] },
    recommendableOnly: true,
    bots: true,
  };
  return async (uris) => {
    const standings = await readStandings(clickhouse, uris, { values: NOT_RECOMMENDED, nowMs });
    return (uri) => {
      const standing = standings.get(uri);
      return standing !== undefined && leftOutBy(rules, standing) === undefined;
    };
  };
}

/** For the order that only lists posts: all but what a labeler says that nobody should see. */
export function withoutHidden(clickhouse: ClickHouse, nowMs: number): KeepUris {
  return async (uris) => {
    const labels = await labelsInForce(clickhouse, uris, { values: ['!hide', '!takedown'], nowMs });
    return (uri) => !labels.has(uri) && !labels.has(uri.slice('at://'.length, uri.indexOf('/', 'at://'.length)));
  };
}

export function postUri({ did, rkey }: Pick<FoundPost, 'did' | 'rkey'>): string {
  return `at://${did}/app.bsky.feed.post/${rkey}`;
}
