import { memo } from 'preact/compat';
import { formatAge, formatTime } from '../../../data/format.ts';
import { accountPage } from '../../../data/post.ts';
import { tameName } from '../../../data/tame.ts';
import { hostPath } from '../frame/host-path.ts';
import { accountLabel, type Member } from './member.ts';

interface MemberRowProps {
  readonly feed: string;
  readonly index: number;
  readonly top: number;
  /** Undefined until its page has come. */
  readonly member: Member | undefined;
  readonly isActive: boolean;
  readonly onFocus: (row: number) => void;
  /** Undefined for those who may not. */
  readonly onRemove: ((member: Member) => void) | undefined;
}

/** A member in the list. Names are strangers' texts: they are cut where they end the line. */
export const MemberRow = memo(({ feed, index, top, member, isActive, onFocus, onRemove }: MemberRowProps) => {
  const tabIndex = isActive ? 0 : -1;
  return (
    <div
      role="row"
      class="member"
      aria-rowindex={index + 1}
      tabIndex={tabIndex}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={() => onFocus(index)}
      onKeyDown={(event) => {
        if (event.key !== 'Delete' || member === undefined || onRemove === undefined) return;
        event.preventDefault();
        onRemove(member);
      }}
    >
      <MemberName member={member} tabIndex={tabIndex} />
      <div role="gridcell" class="since quiet">
        {member === undefined ? null : (
          <time dateTime={member.createdAt} title={formatTime(member.createdAt)}>
            {formatAge(member.createdAt)}
          </time>
        )}
      </div>
      <div role="gridcell" class="deeds">
        {member === undefined ? null : <Deeds feed={feed} member={member} tabIndex={tabIndex} onRemove={onRemove} />}
      </div>
    </div>
  );
});

interface DeedsProps extends Pick<MemberRowProps, 'feed' | 'onRemove'> {
  readonly member: Member;
  readonly tabIndex: number;
}

function Deeds({ feed, member, tabIndex, onRemove }: DeedsProps) {
  return (
    <>
      <a tabIndex={tabIndex} href={hostPath(feed, '/history', { subject: member.did })}>
        History<span class="unseen"> of {accountLabel(member)}</span>
      </a>
      {onRemove === undefined ? null : (
        <button type="button" class="button quiet" tabIndex={tabIndex} onClick={() => onRemove(member)}>
          Remove<span class="unseen"> {accountLabel(member)}</span>
        </button>
      )}
    </>
  );
}

function MemberName({ member, tabIndex }: { member: Member | undefined; tabIndex: number }) {
  if (member === undefined)
    return (
      <div role="gridcell" class="who">
        <span class="bones" />
      </div>
    );
  const name = tameName(member.displayName);
  return (
    <div role="gridcell" class="who">
      {name === '' ? null : <bdi class="name">{name}</bdi>}
      <a tabIndex={tabIndex} class="quiet" href={accountPage(member.did)} rel="noreferrer nofollow" target="_blank">
        <bdi>{accountLabel(member)}</bdi>
      </a>
    </div>
  );
}
