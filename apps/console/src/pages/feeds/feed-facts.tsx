import type { FeedView } from '@updraft/console-api/views';
import { kindWords } from '../../data/feed-kinds.ts';
import { formatCount } from '../../data/format.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';

const READERS: Readonly<Record<string, string>> = {
  everyone: 'for everyone',
  'signed-in': 'for signed-in readers',
  members: 'for members',
};

/** Who may read a feed, what it is made of, and how old it is. */
export function FeedFacts({ feed }: { feed: FeedView }) {
  const { audience, kind, isPersonal, variants, posts, builtAt } = feed;
  return (
    <ul class="feed-facts">
      <li>{READERS[audience] ?? audience}</li>
      <li>{kindWords(kind)}</li>
      {isPersonal ? <li>each reader has a list of their own</li> : null}
      {variants.length === 0 ? null : <li>variants: {variants.join(', ')}</li>}
      {posts === undefined ? null : <li>{posts === 1 ? 'one post' : `${formatCount(posts)} posts`}</li>}
      {builtAt === undefined ? null : (
        <li>
          built <RelativeTime iso={builtAt} />
        </li>
      )}
    </ul>
  );
}
