import { useState } from 'preact/hooks';
import { useApi } from '../../../data/session.tsx';
import { useAction } from '../../../data/use-action.ts';
import type { ToastMessage } from '../frame/toast.tsx';
import type { PreviewState } from './use-preview.ts';

/** Saves a feed's settings, or goes back to those of feeds.yaml. */
export function useSaving(feed: string, { settings, version, present, begin, reload }: PreviewState) {
  const { sendJson } = useApi();
  const [message, setMessage] = useState<ToastMessage>();
  const [sent, setSent] = useState<string>();
  /** What others saved meanwhile shows in any case. */
  const andReload = async (text: string, send: () => Promise<unknown>): Promise<void> => {
    setMessage(undefined);
    try {
      await send();
      setMessage({ text });
      begin();
    } finally {
      await reload();
    }
  };
  const save = useAction(() => {
    setSent(settings);
    const body = { feedName: feed, settings, version };
    return andReload('Saved. The feed is built with these settings now.', () =>
      sendJson('PUT', '/api/admin/settings', body),
    );
  });
  const goBack = (): Promise<void> => {
    const query = new URLSearchParams({ feedName: feed, version: `${present?.version ?? 0}` });
    return andReload('The feed is as feeds.yaml says again.', () => sendJson('DELETE', `/api/admin/settings?${query}`));
  };
  return {
    save,
    /** What the server finds wrong in these settings. */
    fault: save.error?.code === 'InvalidRequest' && sent === settings ? save.error : undefined,
    goBack,
    message,
    closeMessage: () => setMessage(undefined),
  };
}
