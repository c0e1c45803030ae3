import './hidden/hidden.css';
import { useMemo, useState } from 'preact/hooks';
import { formatCount } from '../../data/format.ts';
import { useLive } from '../../data/use-live.ts';
import { usePostCards } from '../../data/use-post-cards.ts';
import { Button } from '../../parts/button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Notice } from '../../parts/notice.tsx';
import { HostPage } from './frame/host-page.tsx';
import { Toast, type ToastMessage } from './frame/toast.tsx';
import { type Hide, HideEntry } from './hidden/hide-entry.tsx';
import { HideForm } from './hidden/hide-form.tsx';
import { useHideDeeds } from './hidden/use-hide-deeds.ts';

const EVERY_MS = 30_000;
const SHOWN = 20;
const NONE: readonly Hide[] = [];

/** What was taken out of a feed: posts and accounts. */
export default function Hidden() {
  return (
    <HostPage title="Hidden" need="moderator">
      {(feed) => <HiddenOf key={feed} feed={feed} />}
    </HostPage>
  );
}

function HiddenOf({ feed }: { feed: string }) {
  const path = `/api/admin/feed_hides?${new URLSearchParams({ feedName: feed })}`;
  const { value, error, reload } = useLive<{ readonly hides: readonly Hide[] }>(path, EVERY_MS);
  const deeds = useHideDeeds(feed);
  const [message, setMessage] = useState<ToastMessage>();
  const [shown, setShown] = useState(SHOWN);
  const hides = value?.hides ?? NONE;
  const open = useMemo(() => hides.slice(0, shown), [hides, shown]);
  const posts = useMemo(
    () => open.map(({ subject }) => subject).filter((subject) => subject.startsWith('at://')),
    [open],
  );
  const { byUri } = usePostCards(posts);
  const hide = async (subject: string, reason: string): Promise<void> => {
    await deeds.hide(subject, reason);
    setMessage({ text: 'It is hidden. Within 10 seconds it is out of every page of the feed.' });
    await reload();
  };
  const unhide = async ({ subject, subjectHandle, reason }: Hide): Promise<void> => {
    await deeds.unhide(subject);
    setMessage({ text: `${nameOf(subject, subjectHandle)} may show again.`, undo: () => hide(subject, reason) });
    await reload();
  };
  return (
    <>
      <HideForm onHide={hide} />
      <Toast message={message} onClose={() => setMessage(undefined)} />
      <Notice error={error} hasValue={value !== undefined} />
      {value === undefined && error === undefined ? <p class="quiet">Loading …</p> : null}
      {value !== undefined && hides.length === 0 ? <EmptyState title="Nothing is hidden" /> : null}
      {hides.length === 0 ? null : <p class="quiet">{formatCount(hides.length)} hidden, the latest first</p>}
      <ul class="hides">
        {open.map((entry) => (
          <HideEntry key={entry.subject} feed={feed} hide={entry} cards={byUri} onUnhide={unhide} />
        ))}
      </ul>
      {hides.length > shown ? <Button onClick={() => setShown(shown + SHOWN)}>Show more</Button> : null}
    </>
  );
}

function nameOf(subject: string, handle: string): string {
  return subject.startsWith('at://') || handle === '' ? subject : `@${handle}`;
}
