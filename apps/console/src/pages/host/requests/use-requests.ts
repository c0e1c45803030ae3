import { useCallback, useEffect, useState } from 'preact/hooks';
import type { RequestError } from '../../../data/request.ts';
import { useApi } from '../../../data/session.tsx';
import { useLive } from '../../../data/use-live.ts';
import { ACTIONS, type Action, type State } from './actions.ts';
import { forEachOf } from './for-each-of.ts';

/** An account as GET /api/admin/member_requests gives it. */
export interface MemberRequest {
  readonly did: string;
  readonly handle: string;
  readonly state: State;
  readonly source: string;
  readonly evidence: string;
  readonly note: string;
  readonly changedBy: string;
  readonly changedByHandle: string;
  readonly changedAt: string;
}

interface Answer {
  readonly requests: readonly MemberRequest[];
  readonly page: number;
  readonly totalPages: number;
  readonly totalCount: number;
}

/** What became of a decision. `conflict`: somebody else was first, and nothing was changed. */
export interface Outcome {
  readonly kind: 'busy' | 'done' | 'conflict' | 'failed';
  readonly message: string;
}

/** Nothing more is to be decided about the account as it is shown: it was, here or by somebody else. */
export function isClosed(outcome: Outcome | undefined): boolean {
  return outcome?.kind === 'done' || outcome?.kind === 'conflict';
}

const PAGE_SIZE = 50;
const EVERY_MS = 15_000;
const AT_ONCE = 3;

/**
 * A page of the accounts in a state. The rows stay while they are decided about, so that nothing moves below the hand:
 * each says what became of it. Others are shown when the reader asks for them, or has decided about all.
 */
export function useRequests(feed: string, state: State, page: number) {
  const query = new URLSearchParams({ feedName: feed, state, page: `${page}`, limit: `${PAGE_SIZE}` });
  const { value: latest, error, reload } = useLive<Answer>(`/api/admin/member_requests?${query}`, EVERY_MS);
  const [shown, setShown] = useState<Answer>();
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  useEffect(() => setShown((known) => known ?? latest), [latest]);
  const showLatest = useCallback(async () => {
    const answer = await reload();
    if (answer === undefined) return;
    setShown(answer);
    setOutcomes(new Map());
  }, [reload]);
  const decide = useDecider(feed, setOutcomes);
  const rows = shown?.requests ?? [];
  const isSettled = rows.length > 0 && rows.every(({ did }) => (outcomes.get(did)?.kind ?? 'busy') !== 'busy');
  const isAllDone = isSettled && rows.every(({ did }) => outcomes.get(did)?.kind === 'done');
  useEffect(() => {
    if (isAllDone) void showLatest();
  }, [isAllDone, showLatest]);
  return {
    isLoading: shown === undefined,
    rows,
    totalPages: shown?.totalPages ?? 0,
    totalCount: latest?.totalCount ?? 0,
    hasNews: isSettled || isNews(shown, latest, outcomes),
    error,
    outcomes,
    decide,
    showLatest,
  };
}

function useDecider(
  feed: string,
  setOutcomes: (change: (known: ReadonlyMap<string, Outcome>) => Map<string, Outcome>) => void,
) {
  const { sendJson } = useApi();
  return useCallback(
    async (requests: readonly MemberRequest[], action: Action, note?: string) => {
      const set = (did: string, outcome: Outcome) => setOutcomes((known) => new Map([...known, [did, outcome]]));
      await forEachOf(requests, AT_ONCE, async ({ did, state }) => {
        set(did, { kind: 'busy', message: '' });
        const query = { feedName: feed, handle: did, action, expect: state, ...(note !== undefined && { note }) };
        try {
          await sendJson('PUT', `/api/admin/member_requests?${new URLSearchParams(query)}`);
          set(did, { kind: 'done', message: ACTIONS[action].done });
        } catch (cause) {
          const { status, message } = cause as RequestError;
          set(did, { kind: status === 409 ? 'conflict' : 'failed', message });
        }
      });
    },
    [feed, sendJson, setOutcomes],
  );
}

/** Whether the newest answer has accounts that are not shown, or says something else of them than what was decided here. */
function isNews(
  shown: Answer | undefined,
  latest: Answer | undefined,
  outcomes: ReadonlyMap<string, Outcome>,
): boolean {
  if (shown === undefined || latest === undefined) return false;
  const known = new Map(shown.requests.map(({ did, changedAt }) => [did, changedAt]));
  const isFresh = latest.requests.some(({ did, changedAt }) => !outcomes.has(did) && known.get(did) !== changedAt);
  const there = new Set(latest.requests.map(({ did }) => did));
  return isFresh || shown.requests.some(({ did }) => !outcomes.has(did) && !there.has(did));
}
