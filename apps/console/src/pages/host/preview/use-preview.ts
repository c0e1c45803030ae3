import type { FeedSettingsView, PreviewAnswer } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { useApi } from '../../../data/session.tsx';
import { useAction } from '../../../data/use-action.ts';
import { useLive } from '../../../data/use-live.ts';
import { type Draft, keepDraft, keptDraft } from './draft.ts';

const SETTINGS_EVERY_MS = 20_000;

/** A feed's settings as they are, as they are being written, and what these would do. */
export function usePreview(feed: string) {
  const { sendJson } = useApi();
  const path = `/api/admin/settings?${new URLSearchParams({ feedName: feed })}`;
  const { value: present, error: readError, reload } = useLive<FeedSettingsView>(path, SETTINGS_EVERY_MS);
  const [draft, setDraft] = useState<Draft | undefined>(() => keptDraft(feed));
  const [answer, setAnswer] = useState<PreviewAnswer & { readonly settings: string }>();
  const settings = draft?.text ?? present?.settings ?? '';
  const isChanged = draft !== undefined && draft.text !== present?.settings;
  const change = (to: Draft | undefined): void => {
    setDraft(to);
    keepDraft(feed, to);
  };
  const run = useAction(async () => {
    const posts = await sendJson<PreviewAnswer>('POST', '/api/admin/preview', { feedName: feed, settings });
    setAnswer({ ...posts, settings });
  });
  return {
    present,
    readError,
    reload,
    settings,
    /** Of the settings that the text began with. */
    version: draft?.version ?? present?.version ?? 0,
    isChanged,
    /** Others saved since the text was begun. */
    isStale: isChanged && present !== undefined && present.version !== draft?.version,
    write: (text: string) => change({ text, version: draft?.version ?? present?.version ?? 0 }),
    forget: () => change(undefined),
    /** As when the page is opened: with the present settings, and nothing tried out. */
    begin: () => {
      change(undefined);
      setAnswer(undefined);
    },
    /** Whoever has seen what others saved may still save their own. */
    keepMine: () => present && draft && change({ ...draft, version: present.version }),
    run,
    answer,
  };
}

export type PreviewState = ReturnType<typeof usePreview>;
