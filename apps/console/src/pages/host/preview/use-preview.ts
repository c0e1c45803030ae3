import type { PreviewAnswer } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { useApi } from '../../../data/session.tsx';
import { useAction } from '../../../data/use-action.ts';
import { useLive } from '../../../data/use-live.ts';

const SETTINGS_EVERY_MS = 60_000;
/** What is written is kept for this tab, for it is saved nowhere else. */
const keptAs = (feed: string): string => `settings ${feed}`;

/** A feed's settings as they are, as they are being written, and what these would do. */
export function usePreview(feed: string) {
  const { sendJson } = useApi();
  const path = `/api/admin/settings?${new URLSearchParams({ feedName: feed })}`;
  const { value, error: readError } = useLive<{ readonly settings: string }>(path, SETTINGS_EVERY_MS);
  const saved = value?.settings;
  const [written, setWritten] = useState<string | undefined>(() => kept(feed));
  const [answer, setAnswer] = useState<PreviewAnswer & { readonly settings: string }>();
  const settings = written ?? saved ?? '';
  const { run, isBusy, error } = useAction(async () => {
    const body = { feedName: feed, settings };
    const posts = await sendJson<PreviewAnswer>('POST', '/api/admin/preview', body);
    setAnswer({ ...posts, settings });
  });
  const write = (text: string | undefined): void => {
    setWritten(text);
    keep(feed, text);
  };
  return {
    saved,
    readError,
    settings,
    write,
    isChanged: written !== undefined && written !== saved,
    run,
    isBusy,
    error,
    answer,
  };
}

function kept(feed: string): string | undefined {
  try {
    return sessionStorage.getItem(keptAs(feed)) ?? undefined;
  } catch {
    return undefined;
  }
}

function keep(feed: string, text: string | undefined): void {
  try {
    if (text === undefined) sessionStorage.removeItem(keptAs(feed));
    else sessionStorage.setItem(keptAs(feed), text);
  } catch {
    // A browser that keeps nothing: the text lives as long as the page.
  }
}
