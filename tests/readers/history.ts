import { FEED_EVENTS, type FeedInteractionRow, type FeedRequestRow, itemKey } from '@updraft/store';
import { didOf } from '../feedgen/network.ts';
import { pickOf } from '../feedgen/small-world.ts';
import type { TrueDeed, TruePage } from './truth.ts';

type Dice = (below: number) => number;
const DAY_MS = 86_400_000;

/** Days of the past, as rows: what readers then read and did, too late, twice and with forged names too. */
export function makeHistory(dice: Dice, today: number, days: number, readers: number) {
  const pages: TruePage[] = [];
  const deeds: TrueDeed[] = [];
  for (let day = today - days; day < today; day++)
    for (let nth = 0; nth < 2 * readers; nth++) pages.push(pageOn(dice, day, dice(readers)));
  for (const page of pages) for (let nth = dice(6); nth > 0; nth--) deeds.push(deedOn(dice, page, pages, today));
  return { pages, deeds: [...deeds, ...deeds.filter(() => dice(5) === 0)] };
}

function pageOn(dice: Dice, day: number, reader: number): TruePage {
  const begin = 1 + pickOf([0, 0, 0, 5, 30, 90, 290], dice);
  const isTold = dice(4) !== 0;
  return {
    day,
    feed: isTold ? 'old' : 'old-quiet',
    variant: isTold ? pickOf(['', '', 'calm', 'loud'], dice) : '',
    viewer: readerOf(reader),
    reqId: `r${day}-${dice(1e9)}-${reader}`,
    items: Array.from({ length: dice(25) }, (_, index) => postAt(begin + index)),
    begin,
    isPeek: dice(20) === 0,
    isTold,
  };
}

function deedOn(dice: Dice, page: TruePage, pages: readonly TruePage[], today: number): TrueDeed {
  const isForged = dice(8) === 0;
  return {
    day: Math.min(today, page.day + pickOf([0, 0, 0, 1, 1, 2, 3], dice)),
    feed: pickOf([page.feed, page.feed, ''], dice),
    viewer: page.viewer,
    reqId: isForged ? pickOf([pickOf(pages, dice).reqId, 'forged', ''], dice) : page.reqId,
    item: dice(8) === 0 || page.items.length === 0 ? postAt(dice(400)) : pickOf(page.items, dice),
    event: dice(15) === 0 ? 'clickthroughItem' : pickOf(FEED_EVENTS, dice),
  };
}

const readerOf = (nth: number): string =>
  didOf(`reader${[...String(nth)].map((digit) => 'abcdefghij'[Number(digit)]).join('')}x`);
const postAt = (place: number): string => `at://${didOf('author')}/app.bsky.feed.post/${place}`;

export function pageRow(page: TruePage, dice: Dice): FeedRequestRow {
  return {
    requestedAt: page.day * DAY_MS + dice(DAY_MS),
    feed: page.feed,
    viewerDid: page.viewer,
    requestId: page.reqId,
    pageLimit: page.isPeek ? 1 : 30,
    pageSize: page.items.length,
    pageOffset: page.begin - 1,
    hasCursor: !page.isPeek && page.begin > 1,
    isOutsider: false,
    acceptLanguage: '',
    durationUs: 1,
    buildId: 'b',
    variant: page.variant,
    items: page.isTold && !page.isPeek ? page.items.map(itemKey) : [],
  };
}

export function deedRow(deed: TrueDeed, nth: number, dice: Dice): FeedInteractionRow {
  const { day, viewer, ...rest } = deed;
  return {
    ...rest,
    receivedAt: day * DAY_MS + dice(DAY_MS),
    viewerDid: viewer,
    interactionId: String(nth),
    feedContext: '',
  };
}
