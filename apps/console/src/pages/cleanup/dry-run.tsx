import type { CleanupType, KeepReason, SessionView, StartedCleanup } from '@updraft/console-api/views';
import { formatCount, formatTime } from '../../data/format.ts';
import { Counts } from '../../parts/counts.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PostCards } from '../../parts/post-cards.tsx';
import { type CleanupForm, wishesOf } from './cleanup-form.ts';
import { REASON_WORDS, REASONS, TYPE_WORDS, TYPES } from './cleanup-words.ts';
import { StartCleanup, type StartOutcome } from './start-cleanup.tsx';

interface DryRunProps {
  readonly found: StartedCleanup;
  readonly form: CleanupForm;
  readonly session: SessionView;
  readonly onStart: (outcome: StartOutcome) => Promise<unknown>;
  readonly lookAgain: () => void;
}

/** What would be deleted, what stays and why, and the button that begins. */
export function DryRun({ found, form, ...start }: DryRunProps) {
  const { num_enqueued: total, delete_older_than: before } = found;
  return (
    <>
      <h2>What would go</h2>
      {before === undefined ? null : <p class="quiet">What was made before {formatTime(before)}.</p>}
      <div class="two">
        <Counted
          title="Would be deleted"
          names={TYPES}
          wordOf={(type) => TYPE_WORDS[type].title}
          counts={found.num_by_type}
        />
        <Counted
          title="Old enough, but stays"
          names={REASONS}
          wordOf={(reason) => REASON_WORDS[reason]}
          counts={found.num_kept}
        />
      </div>
      <Named form={form} numKept={found.num_kept?.listed ?? 0} />
      {total === 0 ? (
        <EmptyState title="There is nothing to delete">
          <p>No record of these kinds is old enough, or all of them stay. Choose other kinds or a smaller age.</p>
        </EmptyState>
      ) : (
        <>
          <Samples sample={found.sample ?? []} />
          <StartCleanup found={found} form={form} {...start} />
        </>
      )}
    </>
  );
}

/** Who names posts to keep wants to know that all of them were understood. */
function Named({ form, numKept }: { form: CleanupForm; numKept: number }) {
  const numOthers = wishesOf(form).keep_uris.length - numKept;
  if (numOthers <= 0) return null;
  return (
    <p class="notice">
      Of the posts that you named, {formatCount(numOthers)} would not have been deleted anyway, or are not in your
      repository: if you expected something else, look at their addresses.
    </p>
  );
}

interface CountedProps<T extends string> {
  readonly title: string;
  readonly names: readonly T[];
  readonly wordOf: (name: T) => string;
  readonly counts: Partial<Record<T, number>> | undefined;
}

function Counted<T extends CleanupType | KeepReason>({ title, names, wordOf, counts = {} }: CountedProps<T>) {
  const some = names.filter((name) => (counts[name] ?? 0) > 0);
  return (
    <section>
      <h3>{title}</h3>
      <Counts counts={some.map((name) => ({ key: name, name: wordOf(name), count: counts[name] ?? 0 }))} none="None." />
    </section>
  );
}

function Samples({ sample }: { sample: NonNullable<StartedCleanup['sample']> }) {
  const posts = sample.filter(({ type }) => type === 'post' || type === 'post_with_media');
  const others = sample.filter((each) => !posts.includes(each));
  return (
    <section>
      {posts.length === 0 ? null : (
        <>
          <h3>Some of the posts that would go</h3>
          <PostCards uris={posts.map(({ uri }) => uri)} />
        </>
      )}
      {others.length === 0 ? null : (
        <details>
          <summary>Some of the other records that would go</summary>
          <ul class="uris">
            {others.map(({ type, uri }) => (
              <li key={uri}>
                {TYPE_WORDS[type].title}: <code>{uri}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
