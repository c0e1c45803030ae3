import type { PostCard as Card } from '@updraft/console-api/views';
import { postPage } from '../../../data/post.ts';
import { OutLink } from '../../../parts/out-link.tsx';
import { PostCard } from '../../../parts/post-card.tsx';

interface CardOfProps {
  readonly uri: string;
  /** As usePostCards() gives them. */
  readonly cards: ReadonlyMap<string, Card | undefined>;
  /** The address of the page that says why the post is in the feed, or not. */
  readonly whyTo?: string;
}

/** A post as a card, or its address while, or where, it does not show. */
export function CardOf({ uri, cards, whyTo }: CardOfProps) {
  const card = cards.get(uri);
  const why = whyTo === undefined ? null : <a href={whyTo}>Why?</a>;
  if (card !== undefined) return <PostCard post={card} foot={why} />;
  return (
    <article class="card post">
      <p class="quiet">{cards.has(uri) ? 'This post does not show: it is gone, or not in the index.' : '…'}</p>
      <footer class="quiet">
        {why}
        <OutLink href={postPage(uri)}>{uri}</OutLink>
      </footer>
    </article>
  );
}
