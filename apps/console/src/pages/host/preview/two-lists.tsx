import type { PreviewAnswer } from '@updraft/console-api/views';
import { useMemo, useState } from 'preact/hooks';
import { formatCount } from '../../../data/format.ts';
import { usePostCards } from '../../../data/use-post-cards.ts';
import { CardOf } from '../frame/cards.tsx';
import { hostPath } from '../frame/host-path.ts';
import { countChanges, diffPreview, type PreviewRow } from './preview-diff.ts';

const SHOWN = 10;

interface TwoListsProps {
  readonly feed: string;
  readonly answer: PreviewAnswer;
  /** The settings were changed since. */
  readonly isOld: boolean;
}

/** The posts as they are beside those as they would be. */
export function TwoLists({ feed, answer, isOld }: TwoListsProps) {
  const [shown, setShown] = useState(SHOWN);
  const diff = useMemo(() => diffPreview(answer.present, answer.changed), [answer]);
  const { came, went, moved } = countChanges(diff);
  const lists = useMemo(() => [diff.present.slice(0, shown), diff.changed.slice(0, shown)], [diff, shown]);
  const posts = useMemo(() => [...new Set(lists.flat().map(({ uri }) => uri))], [lists]);
  const { byUri } = usePostCards(posts);
  const isSame = came + went + moved === 0;
  return (
    <section aria-label="What the settings would do">
      <p role="status" class={isOld ? 'sum quiet' : 'sum'}>
        {isSame ? 'The first posts would be the same.' : `${came} would come, ${went} would go, ${moved} would move.`}
        {isOld ? ' The settings were changed since: run them again.' : ''}
      </p>
      <div class="two">
        {(['As it is', 'As it would be'] as const).map((title, side) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            {lists[side]?.length === 0 ? <p class="quiet">No posts.</p> : null}
            <ol class="lists">
              {lists[side]?.map((row) => (
                <li key={row.uri} class={row.change}>
                  <Place row={row} isPresent={side === 0} />
                  <CardOf uri={row.uri} cards={byUri} whyTo={hostPath(feed, '/why', { post: row.uri })} />
                </li>
              ))}
            </ol>
          </section>
        ))}
      </div>
      {Math.max(diff.present.length, diff.changed.length) > shown ? (
        <button type="button" class="button" onClick={() => setShown(shown + SHOWN)}>
          Show more
        </button>
      ) : null}
    </section>
  );
}

/** The place in the list, and what becomes of the post, in words: colours alone would not tell everybody. */
function Place({ row: { change, before, after }, isPresent }: { row: PreviewRow; isPresent: boolean }) {
  return (
    <p class="place">
      <strong>{formatCount((isPresent ? before : after) ?? 0)}</strong>{' '}
      {wordsOf(change, isPresent ? after : before, isPresent)}
    </p>
  );
}

function wordsOf(change: PreviewRow['change'], other: number | undefined, isPresent: boolean): string {
  if (change === 'came') return 'comes';
  if (change === 'went') return 'goes';
  if (change === 'kept') return '';
  return isPresent ? `moves to ${other}` : `moves from ${other}`;
}
