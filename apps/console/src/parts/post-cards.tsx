import type { PostCard as Card } from '@updraft/console-api/views';
import type { ComponentChildren } from 'preact';
import { usePostCards } from '../data/use-post-cards.ts';
import { Notice } from './notice.tsx';
import { PostCard } from './post-card.tsx';

interface PostCardsProps {
  readonly uris: readonly string[];
  /** What stands below a post, beside the link to it. */
  readonly foot?: (post: Card) => ComponentChildren;
  /** What follows once all are there, such as a button for more. */
  readonly after?: ComponentChildren;
}

/** Posts as cards, in the order of their uris; says how many of them don't show. */
export function PostCards({ uris, foot, after }: PostCardsProps) {
  const { cards, left, error, isBusy } = usePostCards(uris);
  return (
    <>
      <Notice error={error} hasValue={cards.length > 0} />
      <ul class="cards" aria-busy={isBusy}>
        {cards.map((post) => (
          <li key={post.uri}>
            <PostCard post={post} foot={foot?.(post)} />
          </li>
        ))}
        {isBusy ? <Ghosts count={Math.min(3, uris.length - cards.length - left)} /> : null}
      </ul>
      {left === 0 ? null : (
        <p class="quiet">
          {left === 1 ? 'One post does not show' : `${left} posts do not show`} here: deleted, hidden, or for signed-in
          readers only.
        </p>
      )}
      {isBusy ? null : after}
    </>
  );
}

/** Where posts will be. */
function Ghosts({ count }: { count: number }) {
  return Array.from({ length: count }, (_, index) => (
    <li key={`ghost ${index}`} class="card ghost" aria-hidden="true" />
  ));
}
