import { useApiUrl } from '../../data/config.tsx';
import { formatCount } from '../../data/format.ts';
import { useLive } from '../../data/use-live.ts';
import { ActionError } from '../../parts/action-error.tsx';
import { Notice } from '../../parts/notice.tsx';
import { chosenKind, isListed, kindsOf, LINK_KINDS, type LinkCountsAnswer, type LinkKind } from './link-kinds.ts';
import { LinkList } from './link-list.tsx';
import { TargetName } from './target-name.tsx';
import { useTarget } from './use-target.ts';

const EVERY_MS = 60_000;

/** How many links of each kind there are, and those of one kind. */
export function LinkCounts({ asked, kind }: { asked: string; kind: string | undefined }) {
  const target = useTarget(asked);
  const url = useApiUrl();
  const path = target.value === undefined ? undefined : `/links/count?${new URLSearchParams({ target: target.value })}`;
  const counts = useLive<LinkCountsAnswer>(path === undefined ? undefined : url('search', path), EVERY_MS);
  const answer = counts.value;
  const error = target.error ?? counts.error;
  const isOfReader = error !== undefined && error.status >= 400 && error.status < 429;
  const chosen = answer === undefined ? undefined : chosenKind(answer, kind);
  return (
    <>
      {isOfReader ? <ActionError error={error} /> : <Notice error={error} hasValue={answer !== undefined} />}
      <p class="quiet" role="status">
        {answer === undefined ? null : <TargetName target={answer.target} />}
        {answer === undefined && error === undefined ? 'Counting …' : null}
      </p>
      {answer === undefined ? null : <Kinds answer={answer} asked={asked} chosen={chosen} />}
      {answer === undefined || chosen === undefined ? null : (
        <LinkList key={`${answer.target} ${chosen}`} target={answer.target} kind={chosen} />
      )}
    </>
  );
}

interface KindsProps {
  readonly answer: LinkCountsAnswer;
  readonly asked: string;
  readonly chosen: LinkKind | undefined;
}

function Kinds({ answer, asked, chosen }: KindsProps) {
  return (
    <nav class="link-kinds" aria-label="Kinds of links">
      {kindsOf(answer).map((kind) => {
        const { records = 0, distinct_dids: accounts = 0 } = answer.links[kind] ?? {};
        const content = (
          <>
            <span class="quiet">{LINK_KINDS[kind].title}</span>
            <strong>{formatCount(records)}</strong>
            <span class="quiet">{accountsOf(records, accounts)}</span>
          </>
        );
        if (!isListed(kind))
          return (
            <span key={kind} title="Counted, not listed">
              {content}
            </span>
          );
        const to = `/console/links?${new URLSearchParams({ target: asked, kind })}`;
        return (
          <a key={kind} href={to} aria-current={kind === chosen ? 'page' : undefined}>
            {content}
          </a>
        );
      })}
    </nav>
  );
}

function accountsOf(records: number, accounts: number): string {
  if (records === 0) return 'none';
  return accounts === 1 ? 'of one account' : `of ${formatCount(accounts)} accounts`;
}
