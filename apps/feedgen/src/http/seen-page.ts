import type { Feed } from '@updraft/feeds';
import type { FeedPost } from '../builds/build.ts';
import type { SeenView } from '../seen/seen-posts.ts';
import type { FeedgenContext } from './context.ts';
import type { Reader } from './readership.ts';

/** A page that leaves out what its viewer has seen. */
export interface SeenPage {
  readonly view: SeenView;
  /** Notes what it shows. */
  note(posts: readonly FeedPost[]): void;
}

interface AskedPage {
  readonly feed: Feed;
  readonly reader: Reader;
  readonly viewerDid: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Undefined for pages that hide nothing: of other feeds, of readers without a token, and of the list for outsiders, who are to see it. */
export async function openSeenPage({ seen }: FeedgenContext, asked: AskedPage): Promise<SeenPage | undefined> {
  const { feed, reader, viewerDid, limit, cursor } = asked;
  if (!feed.hideSeen || viewerDid === undefined || reader.name === 'outsider') return undefined;
  return {
    view: await seen.view(viewerDid, cursor),
    note: (posts) => {
      const uris = posts.map(({ uri }) => uri);
      if (!isPeek(limit, cursor !== undefined)) seen.add(viewerDid, uris, cursor);
    },
  };
}

/** Apps ask for one post to learn whether there is something new. Nobody sees it. */
export function isPeek(limit: number, hasCursor: boolean): boolean {
  return limit === 1 && !hasCursor;
}
