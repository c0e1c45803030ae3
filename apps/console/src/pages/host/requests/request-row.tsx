import { postPage } from '../../../data/post.ts';
import { AccountName } from '../../../parts/account-name.tsx';
import { Button } from '../../../parts/button.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { hostPath } from '../frame/host-path.ts';
import { LongText } from '../frame/long-text.tsx';
import { accountLabel } from '../members/member.ts';
import { ACTIONS, type Action } from './actions.ts';
import { isClosed, type MemberRequest, type Outcome } from './use-requests.ts';

interface RequestRowProps {
  readonly feed: string;
  readonly request: MemberRequest;
  readonly actions: readonly Action[];
  readonly outcome: Outcome | undefined;
  readonly isChosen: boolean;
  readonly onChoose: (did: string) => void;
  readonly onAction: (action: Action) => void;
}

/** An account that is to be decided about, and what became of it. */
export function RequestRow({ feed, request, actions, outcome, isChosen, onChoose, onAction }: RequestRowProps) {
  const { did, handle, note } = request;
  const name = accountLabel(request);
  const isDone = isClosed(outcome);
  return (
    <li class={isDone ? 'request done' : 'request'} data-did={did} tabIndex={0} aria-label={name}>
      <input
        type="checkbox"
        aria-label={`Choose ${name}`}
        checked={isChosen && !isDone}
        disabled={isDone}
        onChange={() => onChoose(did)}
      />
      <div class="about">
        <AccountName did={did} handle={handle} isLinked />
        <Whence request={request} />
        {note === '' ? null : (
          <p class="note">
            <span class="quiet">Note: </span>
            <LongText text={note} />
          </p>
        )}
        <p role="status" class={`outcome ${outcome?.kind ?? 'none'}`}>
          {outcome === undefined ? '' : outcomeText(outcome)}
        </p>
      </div>
      <div class="actions">
        {isDone ? null : (
          <Actions name={name} actions={actions} isBusy={outcome?.kind === 'busy'} onAction={onAction} />
        )}
        <a href={hostPath(feed, '/history', { subject: did })}>History</a>
      </div>
    </li>
  );
}

interface ActionsProps extends Pick<RequestRowProps, 'actions' | 'onAction'> {
  readonly name: string;
  readonly isBusy: boolean;
}

function Actions({ name, actions, isBusy, onAction }: ActionsProps) {
  return (
    <>
      {actions.map((action) => (
        <Button
          key={action}
          kind={action === 'approve' || action === 'give' ? 'primary' : 'plain'}
          isBusy={isBusy}
          onClick={() => onAction(action)}
        >
          {ACTIONS[action].title}
          {action === 'note' ? ' …' : ''}
          <span class="unseen"> {name}</span>
        </Button>
      ))}
    </>
  );
}

function outcomeText({ kind, message }: Outcome): string {
  if (kind === 'busy') return 'Sending …';
  if (kind === 'done') return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  return kind === 'conflict' ? `Somebody was first: ${message}` : `Not done: ${message}`;
}

/** How the account came here: a source of the feed's file, or a request of its own. */
function Whence({ request }: { request: MemberRequest }) {
  const { source, evidence, changedAt, changedBy, changedByHandle } = request;
  const page = postPage(evidence);
  const [, collection = ''] = /^at:\/\/[^/]+\/([\w.-]+)\//.exec(evidence) ?? [];
  return (
    <p class="quiet whence">
      <bdi>{source === '' ? 'no source' : source === 'request' ? 'asked to become a member' : source}</bdi>
      {page === undefined ? (
        collection === '' ? null : (
          <span title={evidence}> · {collection}</span>
        )
      ) : (
        <>
          {' · '}
          <a href={page} rel="noreferrer nofollow" target="_blank">
            the post
          </a>
        </>
      )}
      {' · '}
      <RelativeTime iso={changedAt} />
      {changedBy === '' || changedBy === source ? null : (
        <>
          {' · by '}
          <bdi title={changedBy}>{changedByHandle === '' ? changedBy : `@${changedByHandle}`}</bdi>
        </>
      )}
    </p>
  );
}
