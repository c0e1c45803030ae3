import type { StartedCleanup } from '@updraft/console-api/views';
import { useConfig } from '../../data/config.tsx';
import { formatTime } from '../../data/format.ts';
import type { CleanupForm } from './cleanup-form.ts';

interface BeforeYouDeleteProps {
  readonly found: StartedCleanup;
  readonly form: CleanupForm;
  /** A handle, or a DID. */
  readonly account: string;
}

/** What to know, and to do, before anything is deleted. */
export function BeforeYouDelete({ found, form, account }: BeforeYouDeleteProps) {
  const { pagesOff } = useConfig();
  return (
    <ul class="before">
      <li>
        <strong>Deleted records do not come back</strong>.
        {pagesOff.includes('export') ? null : (
          <>
            {' '}
            <a href={`/console/export?${new URLSearchParams({ account })}`}>Save a copy of your repository</a> first;
            this page waits for you. The copy has texts and dates, and no pictures or videos.
          </>
        )}
      </li>
      <li>{lastsUntil(found.expected_end_at)}</li>
      <li>
        The rule holds until the clean-up is done. It also deletes what is added meanwhile with an old date, such as by
        an import.
        {keepsByNow(form)}
      </li>
    </ul>
  );
}

function keepsByNow({ keepPinned, minLikes }: CleanupForm): string {
  const facts = [...(keepPinned ? ['is the pinned one'] : []), ...(minLikes.trim() === '' ? [] : ['has enough likes'])];
  return facts.length === 0 ? '' : ` Whether a post ${facts.join(' or ')} is looked up again when its turn comes.`;
}

const SOON_MS = 300_000;

function lastsUntil(endsAt: string | null | undefined): string {
  if (endsAt === undefined) return '';
  if (endsAt === null) return 'It takes more than a year: servers allow only so many deletions an hour and a day.';
  if (Date.parse(endsAt) - Date.now() < SOON_MS) return 'It takes some minutes, and goes on when you close this page.';
  return `Servers allow only so many deletions an hour and a day: if nothing fails, it is done on ${formatTime(endsAt)}. It goes on when you close this page.`;
}
