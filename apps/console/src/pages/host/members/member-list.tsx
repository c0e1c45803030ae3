import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatCount } from '../../../data/format.ts';
import type { RequestError } from '../../../data/request.ts';
import { Notice } from '../../../parts/notice.tsx';
import { keepPlace, readPlace } from './kept-place.ts';
import type { Member } from './member.ts';
import { MemberRow } from './member-row.tsx';
import type { PageQueue } from './page-queue.ts';
import { memberAt, useWanted } from './use-member-pages.ts';
import { OVERSCAN, useVirtualRows } from './use-virtual-rows.ts';

interface MemberListProps {
  readonly feed: string;
  readonly search: string;
  readonly pages: PageQueue<Member>;
  /** Undefined for those who may not. */
  readonly onRemove: ((member: Member) => void) | undefined;
}

/** As in host.css. */
const ROW_HEIGHT = 60;

/** All members in a box that scrolls. Arrows, Page Up and Down, Home and End move from row to row. */
export function MemberList({ feed, search, pages, onRemove }: MemberListProps) {
  const { box, count, rows, active, moveTo, onKeyDown } = useMemberGrid(feed, search, pages);
  const isKnown = pages.totalCount() !== undefined;
  return (
    <>
      <p class="quiet" role="status">
        {isKnown ? countText(count, search) : pages.error() === undefined ? 'Loading …' : ''}
      </p>
      <Notice error={pages.error() as RequestError | undefined} hasValue={isKnown} />
      <div
        ref={box}
        class={isKnown && count === 0 ? 'virtual empty' : 'virtual'}
        role="grid"
        aria-label="Members"
        aria-rowcount={count}
        aria-colcount={3}
        aria-busy={!isKnown}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" class="virtual-rows" style={{ height: `${rows.getTotalSize()}px` }}>
          {rows.getVirtualItems().map(({ index, start }) => (
            <MemberRow
              key={index}
              feed={feed}
              index={index}
              top={start}
              member={memberAt(pages, index)}
              isActive={index === active}
              onFocus={moveTo}
              onRemove={onRemove}
            />
          ))}
        </div>
      </div>
    </>
  );
}

/** Which rows are in the page, where the keyboard is, and the place of the list, which is kept. */
function useMemberGrid(feed: string, search: string, pages: PageQueue<Member>) {
  const box = useRef<HTMLDivElement>(null);
  const [place] = useState(() => readPlace(feed, search));
  const count = pages.totalCount() ?? place.count;
  const { active, isMoved, moveTo } = useActiveRow(count);
  const rows = useVirtualRows({ count, rowHeight: ROW_HEIGHT, box, initialOffset: place.offset, heldRow: active });
  const { startIndex, endIndex } = rows.range ?? { startIndex: 0, endIndex: 0 };
  useWanted(pages, Math.max(0, startIndex - OVERSCAN), Math.min(count - 1, endIndex + OVERSCAN));
  useEffect(() => {
    if (!rows.isScrolling) keepPlace(feed, search, { offset: rows.scrollOffset ?? 0, count });
  }, [rows.isScrolling, rows.scrollOffset, count]);
  useFocusOf(box, active, isMoved);
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = rowOfKey(event.key, active, count, Math.max(1, endIndex - startIndex - 1));
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    rows.scrollToIndex(to);
    moveTo(to);
  };
  return { box, count, rows, active, moveTo, onKeyDown };
}

function countText(count: number, search: string): string {
  if (count === 0) return search === '' ? 'Nobody is a member yet.' : 'No member matches.';
  return `${formatCount(count)} ${count === 1 ? 'member' : 'members'}${search === '' ? '' : ' found'}`;
}

/** The row that the keyboard is at: the only one in the order of tabs. */
function useActiveRow(count: number) {
  const [active, setActive] = useState(0);
  const isMoved = useRef(false);
  const moveTo = useCallback((row: number) => {
    isMoved.current = true;
    setActive(row);
  }, []);
  return { active: Math.min(active, Math.max(0, count - 1)), isMoved, moveTo };
}

/** Focuses the active row once it is in the page, when a key has moved there. */
function useFocusOf(box: { current: HTMLElement | null }, active: number, isMoved: { current: boolean }): void {
  useLayoutEffect(() => {
    if (!isMoved.current) return;
    const row = box.current?.querySelector<HTMLElement>(`[aria-rowindex="${active + 1}"]`);
    if (row === undefined || row === null) return;
    isMoved.current = false;
    if (!row.contains(document.activeElement)) row.focus({ preventScroll: true });
  });
}

function rowOfKey(key: string, active: number, count: number, page: number): number | undefined {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count }[key];
  return step === undefined ? undefined : Math.min(count - 1, Math.max(0, active + step));
}
