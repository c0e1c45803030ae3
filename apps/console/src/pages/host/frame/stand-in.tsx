import type { PostCard as Card, ConsoleConfig, SessionAnswer, SessionView } from '@updraft/console-api/views';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatAge } from '../../../data/format.ts';
import { accountPage, postPage } from '../../../data/post.ts';
import { getJson, RequestError } from '../../../data/request.ts';
import { useLive } from '../../../data/use-live.ts';

let token = '';
export function useSession(): { session: SessionView | undefined; isKnown: boolean; error: RequestError | undefined } {
  const { value, error } = useLive<SessionAnswer>('/console/api/session', 60_000);
  token = value?.session?.csrfToken ?? token;
  return { session: value?.session, isKnown: value !== undefined, error };
}

export function useConfig(): ConsoleConfig | undefined {
  return useLive<ConsoleConfig>('/console/api/config', 600_000).value;
}

export async function sendJson<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: { 'x-csrf-token': token, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new RequestError('The server can’t be reached.', 0);
  });
  if (response.ok) return (await response.json()) as T;
  const answer = (await response.json().catch(() => ({}))) as { message?: string };
  const retry = Number(response.headers.get('retry-after') ?? Number.NaN);
  throw new RequestError(
    answer.message ?? `The server answered ${response.status}.`,
    response.status,
    Number.isFinite(retry) ? retry : undefined,
  );
}

export function Dialog({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current?.showModal(), []);
  return (
    <dialog ref={box} class="dialog" aria-labelledby="dialog-title" onClose={onClose}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}

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
        <time dateTime={card.createdAt}>{formatAge(card.createdAt)}</time>
      </header>
      <p class="text" dir="auto">
        {card.segments.map(({ text }) => text).join('')}
      </p>
      <footer class="quiet">
        <a href={postPage(card.uri) ?? "#"} rel="noreferrer nofollow" target="_blank">
          open in Bluesky
        </a>
      </footer>
    </article>
  );
}

const api = { getJson, sendJson };
export const useApi = () => api;

export function useApiUrl(): (service: 'search' | 'feedgen', path: string) => string {
  const config = useConfig();
  return (service, path) =>
    config === undefined || config.service === service ? path : `${config.origins[service] ?? ''}${path}`;
}

export function useAction<A extends readonly unknown[]>(action: (...args: A) => Promise<unknown>) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<RequestError>();
  const run = async (...args: A): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await action(...args);
      return true;
    } catch (fault) {
      setError(fault as RequestError);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { run, isBusy, error };
}

export const tameName = (name: string): string => name.slice(0, 64);

export function ActionError({ error }: { error: RequestError | undefined }) {
  return <div role="alert">{error === undefined ? null : <p class="notice">{error.message}</p>}</div>;
}
