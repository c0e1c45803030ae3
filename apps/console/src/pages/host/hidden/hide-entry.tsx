import type { PostCard } from '@updraft/console-api/views';
import { useAction } from '../../../data/use-action.ts';
import { AccountName } from '../../../parts/account-name.tsx';
import { ActionError } from '../../../parts/action-error.tsx';
import { Button } from '../../../parts/button.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { CardOf } from '../frame/cards.tsx';
import { hostPath } from '../frame/host-path.ts';
import { LongText } from '../frame/long-text.tsx';
import { NamedText } from '../frame/named-text.tsx';

/** As GET /api/admin/feed_hides gives it. */
export interface Hide {
  /** The at-uri of a post, or a DID. */
  readonly subject: string;
  readonly subjectHandle: string;
  readonly reason: string;
  readonly changedBy: string;
  readonly changedByHandle: string;
  readonly changedAt: string;
}

interface HideEntryProps {
  readonly feed: string;
  readonly hide: Hide;
  readonly cards: ReadonlyMap<string, PostCard | undefined>;
  readonly onUnhide: (hide: Hide) => Promise<void>;
}

/** A post or an account that was taken out, who did it and why. */
export function HideEntry({ feed, hide, cards, onUnhide }: HideEntryProps) {
  const { subject, subjectHandle, reason, changedBy, changedByHandle, changedAt } = hide;
  const { run, isBusy, error } = useAction(() => onUnhide(hide));
  return (
    <li>
      <div class="hide-why">
        <p>
          <LongText text={reason} />
        </p>
        <p class="quiet">
          <RelativeTime iso={changedAt} /> by <NamedText text={changedBy} handle={changedByHandle} />
        </p>
        <Button isBusy={isBusy} onClick={() => void run()}>
          Show again<span class="unseen"> {subjectHandle === '' ? subject : `${subject} (@${subjectHandle})`}</span>
        </Button>
        <ActionError error={error} />
      </div>
      {subject.startsWith('at://') ? (
        <CardOf uri={subject} cards={cards} whyTo={hostPath(feed, '/why', { post: subject })} />
      ) : (
        <article class="card post">
          <p>
            All posts of <AccountName did={subject} handle={subjectHandle} isLinked />
          </p>
          {subjectHandle === '' ? null : (
            <p class="quiet">
              <small>
                <bdi>{subject}</bdi>
              </small>
            </p>
          )}
        </article>
      )}
    </li>
  );
}
