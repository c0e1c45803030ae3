import type { PostCard as Card } from '@updraft/console-api/views';
import { useEffect, useState } from 'preact/hooks';
import { accountPage, postPage } from '../../../data/post.ts';
import { getJson } from '../../../data/request.ts';
import { RelativeTime } from '../../../parts/relative-time.tsx';

export function usePostCards(uris: readonly string[]): ReadonlyMap<string, Card> {
  const [cards, setCards] = useState<ReadonlyMap<string, Card>>(new Map());
  const key = uris.join(' ');
  useEffect(() => {
    const stop = new AbortController();
    for (let at = 0; at < uris.length; at += 50) {
      const query = new URLSearchParams(uris.slice(at, at + 50).map((uri) => ['uris', uri]));
      void getJson<{ posts: Card[] }>(`/console/api/posts?${query}`, stop.signal)
        .then(({ posts }) =>
          setCards((known) => new Map([...known, ...posts.map((post) => [post.uri, post] as const)])),
        )
        .catch(() => undefined);
    }
    return () => stop.abort();
  }, [key]);
  return cards;
}

export function PostCard({ card }: { card: Card }) {
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
      <footer class="quiet">
        <a href={postPage(card.uri) ?? '#'} rel="noreferrer nofollow" target="_blank">
          open in Bluesky
        </a>
      </footer>
    </article>
  );
}
