import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

interface VirtualRows {
  readonly count: number;
  readonly rowHeight: number;
  readonly box: RefObject<HTMLElement | null>;
  /** Where the list begins to be shown, in pixels. */
  readonly initialOffset: number;
  /** A row that stays in the page though it is scrolled out of sight: the one that has the focus. */
  readonly heldRow: number;
}

/** Rows below and above those in sight, so that quick scrolling shows no holes. */
export const OVERSCAN = 12;

/** The rows of a long list that are in sight: the page holds no others. */
export function useVirtualRows({ count, rowHeight, box, initialOffset, heldRow }: VirtualRows) {
  const [, show] = useReducer((shown: number) => shown + 1, 0);
  const options = {
    count,
    initialOffset,
    overscan: OVERSCAN,
    estimateSize: () => rowHeight,
    getScrollElement: () => box.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) => {
      const rows = defaultRangeExtractor(range);
      return heldRow < count && !rows.includes(heldRow) ? [...rows, heldRow].toSorted((a, b) => a - b) : rows;
    },
    onChange: () => show(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  const { _didMount: didMount, _willUpdate: willUpdate } = virtualizer; // what its own adapters call
  useLayoutEffect(didMount, [didMount]);
  useLayoutEffect(willUpdate);
  return virtualizer;
}
