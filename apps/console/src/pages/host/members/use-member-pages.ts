import { useEffect, useReducer, useState } from 'preact/hooks';
import { getJson, type RequestError } from '../../../data/request.ts';
import type { Member } from './member.ts';
import { createPageQueue, type PageQueue } from './page-queue.ts';

interface MembersAnswer {
  readonly members: readonly Member[];
  readonly totalCount: number;
}

export const PAGE_SIZE = 100;
const AT_ONCE = 2;
const KEEP = 60;
/** Requests wait until scrolling has paused for so long. */
const PAUSE_MS = 150;
const RENEW_MS = 30_000;
const RETRY_S = 5;

/** The members that match a search, read in pages as they come into sight. */
export function useMemberPages(feed: string, search: string): PageQueue<Member> {
  const [, show] = useReducer((shown: number) => shown + 1, 0);
  const [queue, setQueue] = useState(() => createMemberQueue(feed, search, () => show(undefined)));
  const [asked, setAsked] = useState({ feed, search });
  if (asked.feed !== feed || asked.search !== search) {
    queue.stop();
    setAsked({ feed, search });
    setQueue(createMemberQueue(feed, search, () => show(undefined)));
  }
  useEffect(() => () => queue.stop(), [queue]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && queue.error() === undefined) queue.reload();
    }, RENEW_MS);
    return () => clearInterval(timer);
  }, [queue]);
  const error = queue.error() as RequestError | undefined;
  useEffect(() => {
    if (error === undefined) return undefined;
    const timer = setTimeout(() => queue.reload(), (error.retryAfterS ?? RETRY_S) * 1000);
    return () => clearTimeout(timer);
  }, [queue, error]);
  return queue;
}

/** Asks for the pages of the rows from `first` to `last`, when they have been in sight for a moment. */
export function useWanted(queue: PageQueue<Member>, first: number, last: number): void {
  const [from, to] = [pageOf(first), pageOf(Math.max(first, last))];
  useEffect(() => {
    const pages = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    const timer = setTimeout(() => queue.want(pages), queue.totalCount() === undefined ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [queue, from, to]);
}

export function memberAt(queue: PageQueue<Member>, row: number): Member | undefined {
  return queue.page(pageOf(row))?.[row % PAGE_SIZE];
}

const pageOf = (row: number): number => Math.floor(row / PAGE_SIZE) + 1;

function createMemberQueue(feed: string, search: string, onChange: () => void): PageQueue<Member> {
  return createPageQueue<Member>({
    load: async (page, signal) => {
      const query = new URLSearchParams({ feedName: feed, page: `${page}`, limit: `${PAGE_SIZE}`, search });
      const { members, totalCount } = await getJson<MembersAnswer>(`/api/admin/feed_members?${query}`, signal);
      return { items: members, totalCount };
    },
    onChange,
    atOnce: AT_ONCE,
    keep: KEEP,
  });
}
