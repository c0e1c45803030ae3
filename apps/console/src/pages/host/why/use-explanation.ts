import type { Explanation } from '@updraft/feeds';
import { useEffect, useState } from 'preact/hooks';
import type { Api } from '../../../data/api.ts';
import { RequestError } from '../../../data/request.ts';
import { useApi, useSession } from '../../../data/session.tsx';
import { readPostAddress } from './post-address.ts';

/** Asks why about the post that a text names: of a feed of which each reader has their own list, about that of who is signed in. */
export function useExplanation(feed: string, text: string) {
  const { getJson } = useApi();
  const viewer = useSession().session?.did ?? '';
  const [times, setTimes] = useState(0);
  const [state, setState] = useState<{ explanation?: Explanation; error?: RequestError; isBusy: boolean }>({
    isBusy: false,
  });
  useEffect(() => {
    if (text === '') {
      setState({ isBusy: false });
      return undefined;
    }
    const stop = new AbortController();
    setState({ isBusy: true });
    explain(getJson, { feed, text, viewer }, stop.signal).then(
      (explanation) => setState({ explanation, isBusy: false }),
      (error: RequestError) => {
        if (!stop.signal.aborted) setState({ error, isBusy: false });
      },
    );
    return () => stop.abort();
  }, [feed, text, viewer, times, getJson]);
  const { explanation, error, isBusy } = state;
  return { explanation, error, isBusy, askAgain: () => setTimes((known) => known + 1) };
}

interface Question {
  readonly feed: string;
  readonly text: string;
  readonly viewer: string;
}

async function explain(
  getJson: Api['getJson'],
  { feed, text, viewer }: Question,
  signal: AbortSignal,
): Promise<Explanation> {
  const address = readPostAddress(text);
  if (address === undefined)
    throw new RequestError('This is not the address of a post: it looks like https://bsky.app/profile/…/post/…', 400);
  const uri = `at://${address.account}/app.bsky.feed.post/${address.rkey}`;
  return getJson<Explanation>(`/api/admin/explain?${new URLSearchParams({ feed, uri, viewer })}`, signal);
}
