import type { PostCard as Card } from '@updraft/console-api/views';
import { useEffect, useState } from 'preact/hooks';
import { accountPage, postPage } from '../../../data/post.ts';
import { useApi } from '../../../data/session.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';

/** As the server takes them (MAX_CARDS). */
const PART = 50;

/** The cards of posts, by address: null for a post that the index does not have. They come as they are read. */
export function useCards(uris: readonly string[]): ReadonlyMap<string, Card | null> {
  const { getJson } = useApi();
  const [cards, setCards] = useState<ReadonlyMap<string, Card | null>>(new Map());
  const missing = uris.filter((uri) => !cards.has(uri)).slice(0, PART);
  const key = missing.join(' ');
  useEffect(() => {
    if (key === '') return undefined;
    const stop = new AbortController();
    const asked = key.split(' ');
    const query = new URLSearchParams(asked.map((uri) => ['uris', uri]));
    getJson<{ posts: readonly Card[] }>(`/console/api/posts?${query}`, stop.signal)
      .then(({ posts }) => {
        const found = new Map(posts.map((post) => [post.uri, post]));
        setCards((known) => new Map([...known, ...asked.map((uri) => [uri, found.get(uri) ?? null] as const)]));
      })
      .catch(() => undefined); // the addresses stand for the posts
    return () => stop.abort();
  }, [key, getJson]);
  return cards;
}

interface CardOfProps {
  readonly uri: string;
  readonly cards: ReadonlyMap<string, Card | null>;
  /** The address of the page that says why the post is in the feed, or not. */
  readonly whyTo?: string;
}

/** A post as a card, or its address where the post is not known. */
export function CardOf({ uri, cards, whyTo }: CardOfProps) {
  const card = cards.get(uri);
  const page = postPage(uri);
  return (
    <div class="card-of">
      {card === undefined || card === null ? (
        <article class="card">
          <p class="text">{card === undefined ? '…' : 'This post is not in the index.'}</p>
          <p class="quiet address">{page === undefined ? uri : <a href={page}>{uri}</a>}</p>
        </article>
      ) : (
        <PostCard card={card} />
      )}
      {whyTo === undefined ? null : (
        <a class="why" href={whyTo}>
          Why?
        </a>
      )}
    </div>
  );
}

function PostCard({ card }: { card: Card }) {
  return (
    <article class="card">
      <header>
        <a href={accountPage(card.did)} rel="noreferrer nofollow" target="_blank">
          <bdi>{card.displayName || card.handle || card.did}</bdi>
        </a>
        <RelativeTime iso={card.createdAt} />
      </header>
      <p class="text" dir="auto">
        {card.segments.map(({ text }) => text).join('')}
      </p>
    </article>
  );
}
