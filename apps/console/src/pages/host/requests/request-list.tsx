import { useRef, useState } from 'preact/hooks';
import { formatCount } from '../../../data/format.ts';
import { useSession } from '../../../data/session.tsx';
import { Button } from '../../../parts/button.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { hostPath } from '../frame/host-path.ts';
import { Pager } from '../frame/pager.tsx';
import { ACTIONS, type Action, actionsFor, STATES, type State } from './actions.ts';
import { DecideDialog } from './decide-dialog.tsx';
import { ManyBar } from './many-bar.tsx';
import { RequestRow } from './request-row.tsx';
import { isClosed, type MemberRequest, useRequests } from './use-requests.ts';
import { useRowKeys } from './use-row-keys.ts';

/** The accounts in a state, a page of them, and what may be decided about each and about many at once. */
export function RequestList({ feed, state, page }: { feed: string; state: State; page: number }) {
  const queue = useRequests(feed, state, page);
  const actions = useActions(state, feed);
  const box = useRef<HTMLUListElement>(null);
  const choice = useChoice(queue);
  const { open, chosen, toggle, decide } = choice;
  const onKeyDown = useRowKeys({ box, rows: open, actions, toggle, decide });
  if (queue.isLoading) return <Loading error={queue.error} />;
  return (
    <>
      <Notice error={queue.error} hasValue />
      <News isShown={queue.hasNews} count={queue.totalCount} onShow={queue.showLatest} />
      {queue.rows.length === 0 ? <EmptyState title={STATES[state].none} /> : null}
      <AboutMany actions={actions} choice={choice} />
      <ul class="requests" ref={box} onKeyDown={onKeyDown}>
        {queue.rows.map((request) => (
          <RequestRow
            key={request.did}
            feed={feed}
            request={request}
            actions={actions}
            outcome={queue.outcomes.get(request.did)}
            isChosen={chosen.has(request.did)}
            onChoose={toggle}
            onAction={(action) => decide([request], action)}
          />
        ))}
      </ul>
      <Pager
        page={page}
        totalPages={queue.totalPages}
        to={(number) => hostPath(feed, '/requests', { state, page: `${number}` })}
      />
      <KeyHelp actions={actions} isShown={open.length > 0} />
      <NoteDialog actions={actions} choice={choice} onDecide={queue.decide} />
    </>
  );
}

interface ChoiceProps {
  readonly actions: readonly Action[];
  readonly choice: ReturnType<typeof useChoice>;
}

function AboutMany({ actions, choice: { open, many, chooseAll, decide } }: ChoiceProps) {
  if (open.length === 0) return null;
  return (
    <ManyBar
      actions={actions}
      count={many.length}
      isAll={many.length === open.length}
      onAll={chooseAll}
      onAction={(action) => decide(many, action)}
    />
  );
}

interface NoteDialogProps extends ChoiceProps {
  readonly onDecide: ReturnType<typeof useRequests>['decide'];
}

function NoteDialog({ actions, choice: { noted, setNoted }, onDecide }: NoteDialogProps) {
  if (noted === undefined) return null;
  return (
    <DecideDialog
      requests={noted}
      actions={actions}
      onClose={() => setNoted(undefined)}
      onDecide={(action, note) => void onDecide(noted, action, note)}
    />
  );
}

/** Which accounts are chosen, and about which a note is being written. */
function useChoice({ rows, outcomes, decide: send }: ReturnType<typeof useRequests>) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [noted, setNoted] = useState<readonly MemberRequest[]>();
  const open = rows.filter(({ did }) => !isClosed(outcomes.get(did)));
  return {
    open,
    chosen,
    many: open.filter(({ did }) => chosen.has(did)),
    toggle: (did: string) => setChosen((known) => known.symmetricDifference(new Set([did]))),
    chooseAll: (isAll: boolean) => setChosen(new Set(isAll ? open.map(({ did }) => did) : [])),
    noted,
    setNoted,
    decide: (about: readonly MemberRequest[], action: Action): void => {
      if (action === 'note') setNoted(about);
      else void send(about, action);
      if (about.length > 1) setChosen(new Set());
    },
  };
}

function useActions(state: State, feed: string): readonly Action[] {
  const { session } = useSession();
  return session === undefined ? [] : actionsFor(state, session.roles, feed);
}

function Loading({ error }: Pick<Parameters<typeof Notice>[0], 'error'>) {
  return error === undefined ? <p class="quiet">Loading …</p> : <Notice error={error} hasValue={false} />;
}

function News({ isShown, count, onShow }: { isShown: boolean; count: number; onShow: () => Promise<void> }) {
  return (
    <div role="status">
      {isShown ? (
        <p class="toast">
          <span>The list has changed meanwhile: {formatCount(count)} now.</span>
          <Button onClick={() => void onShow()}>Show it as it is</Button>
        </p>
      ) : null}
    </div>
  );
}

function KeyHelp({ actions, isShown }: { actions: readonly Action[]; isShown: boolean }) {
  if (!isShown) return null;
  return (
    <p class="hint keys">
      On a row: <kbd>↓</kbd> <kbd>↑</kbd> to move, <kbd>x</kbd> to choose
      {actions.map((action) => (
        <span key={action}>
          , <kbd>{ACTIONS[action].key}</kbd> {ACTIONS[action].title.toLowerCase()}
        </span>
      ))}
    </p>
  );
}
