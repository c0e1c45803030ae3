import { FEED_EVENTS } from '@updraft/store';

/** A page that a reader got. */
export interface TruePage {
  /** Days since 1970. */
  readonly day: number;
  readonly feed: string;
  readonly variant: string;
  readonly viewer: string;
  /** '' where the feed's pages have none. */
  readonly reqId: string;
  /** Uris, in order. */
  readonly items: readonly string[];
  /** The place of the first, from 1 on. */
  readonly begin: number;
  /** Whether it only looked whether there is something new. */
  readonly isPeek: boolean;
  /** Whether the feed's record asks for interactions; no other feed is told of any. */
  readonly isTold: boolean;
}

/** An interaction as it came. */
export interface TrueDeed {
  readonly day: number;
  /** The feed that the sender named. */
  readonly feed: string;
  readonly viewer: string;
  readonly reqId: string;
  readonly item: string;
  readonly event: string;
}

/** By breakdown, day, feed and key: the numbers of a row. */
export type Rows = ReadonlyMap<string, string>;
export type RowNumbers = readonly (number | null | undefined)[];

export const rowKey = (by: string, date: string, feed: string, key: string): string => [by, date, feed, key].join(' ');
export const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

const POSITIONS = ['1-3', '4-10', '11-30', '31-100', '101-300', '301-'];
const LAST = [3, 10, 30, 100, 300, Number.POSITIVE_INFINITY];
const positionOf = (place: number): string => POSITIONS[LAST.findIndex((last) => place <= last)] ?? '';

interface Part {
  requests: number;
  readonly viewers: Set<string>;
  served: number;
  readonly deeds: Map<string, number>;
}

/** What /stats/feeds must say of these pages and deeds, the slow and plain way. */
export function expectedRows(pages: readonly TruePage[], deeds: readonly TrueDeed[], fromDay: number): Rows {
  const parts = new Map<string, Part>();
  const partOf = (...key: Parameters<typeof rowKey>): Part => {
    const name = rowKey(...key);
    const part = parts.get(name) ?? { requests: 0, viewers: new Set(), served: 0, deeds: new Map() };
    parts.set(name, part);
    return part;
  };
  const shown = pages.filter(({ day }) => day >= fromDay);
  for (const page of shown) addPage(partOf, page);
  const seen = new Set<string>();
  const unjoined = new Map<string, number>();
  const senders = new Map<string, Set<string>>();
  for (const deed of deeds) {
    const { viewer, reqId, item, event, feed, day } = deed;
    const page = pageOf(shown, deed);
    const ofFeed = `${dateOf(day)} ${feed}`;
    senders.set(ofFeed, (senders.get(ofFeed) ?? new Set()).add(viewer));
    const name = [viewer, reqId, item, event, page === undefined ? `${feed} ${day}` : ''].join(' ');
    if (seen.has(name)) continue;
    seen.add(name);
    if (page !== undefined) addDeed(partOf, page, item, event);
    else if (day >= fromDay) unjoined.set(ofFeed, (unjoined.get(ofFeed) ?? 0) + 1);
  }
  for (const name of unjoined.keys()) partOf('day', ...(name.split(' ') as [string, string]), '');
  const told = (ofFeed: string): number | null => {
    const count = unjoined.get(ofFeed) ?? 0;
    return count > 0 && (senders.get(ofFeed)?.size ?? 0) < FEW ? null : count;
  };
  return new Map(
    [...withheldOf(parts)].map(([name, numbers]) => [name, JSON.stringify(withUnjoined(name, numbers, told))]),
  );
}

type PartOf = (...key: Parameters<typeof rowKey>) => Part;

function addPage(partOf: PartOf, { day, feed, variant, viewer, items, begin, isPeek }: TruePage): void {
  const seen = isPeek ? [] : items.map((_, index) => positionOf(begin + index));
  const add = (by: string, key: string, served: number) => {
    const part = partOf(by, dateOf(day), feed, key);
    part.requests += 1;
    part.viewers.add(viewer);
    part.served += served;
  };
  add('day', '', seen.length);
  add('variant', variant, seen.length);
  for (const position of new Set(seen)) add('position', position, seen.filter((one) => one === position).length);
}

function addDeed(partOf: PartOf, { day, feed, variant, items, begin }: TruePage, item: string, event: string): void {
  const position = positionOf(begin + items.indexOf(item));
  for (const [by, key] of [
    ['day', ''],
    ['variant', variant],
    ['position', position],
  ] as const) {
    const { deeds } = partOf(by, dateOf(day), feed, key);
    deeds.set(event, (deeds.get(event) ?? 0) + 1);
  }
}

/** The page that a deed belongs to: the viewer's own, with the post on it, of that day or the one before. */
function pageOf(pages: readonly TruePage[], { viewer, reqId, item, event, day }: TrueDeed): TruePage | undefined {
  if (reqId === '' || !FEED_EVENTS.some((known) => known === event)) return undefined;
  const page = pages.find((one) => one.reqId === reqId && one.viewer === viewer);
  if (page === undefined || page.isPeek || !page.isTold || !page.items.includes(item)) return undefined;
  return day === page.day || day === page.day + 1 ? page : undefined;
}

/** The numbers, without those of a few: of a part of fewer than five viewers, and of the next smallest beside it. */
function* withheldOf(parts: ReadonlyMap<string, Part>): Iterable<readonly [string, RowNumbers]> {
  for (const rows of Map.groupBy(parts, ([name]) => name.split(' ').slice(0, 3).join(' ')).values()) {
    const sorted = rows.toSorted(
      ([a, { viewers: ofA }], [b, { viewers: ofB }]) =>
        ofA.size - ofB.size || orderOf(a) - orderOf(b) || (a < b ? -1 : 1),
    );
    const few = sorted.filter(([, { viewers }]) => viewers.size < FEW).length;
    for (const [index, [name, { requests, viewers, served, deeds }]] of sorted.entries()) {
      const isOfDay = name.startsWith('day ');
      const isWithheld = few > 0 && index <= (isOfDay ? few - 1 : few);
      const counts = [served, ...FEED_EVENTS.map((event) => deeds.get(event) ?? 0)];
      const size = isWithheld && !isOfDay ? [null, null] : [requests, viewers.size];
      yield [name, [...size, ...(isWithheld ? counts.map(() => null) : counts)]] as const;
    }
  }
}

const FEW = 5;
const orderOf = (name: string): number => POSITIONS.indexOf(name.split(' ').at(-1) ?? '');

function withUnjoined(name: string, numbers: RowNumbers, told: (ofFeed: string) => number | null): RowNumbers {
  const [by, date, feed] = name.split(' ');
  return by === 'day' ? [...numbers, told(`${date} ${feed}`)] : numbers;
}
