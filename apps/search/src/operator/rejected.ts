import { MAX_SHOWN_EVENT, type RejectedEvents } from '@updraft/console-api/views';
import { InvalidRequestError } from '@updraft/service';
import {
  type ClickHouse,
  type RejectedEvent,
  type RejectedPlace,
  type RejectedReason,
  readNewestRejected,
  readRejectedEvents,
  readRejectedReasons,
} from '@updraft/store';
import { isoTime, type OperatorDeps } from './operator-deps.ts';
import { createShared } from './shared.ts';

const DAY_MS = 86_400_000;
/** Of all reasons, and of each. */
const MAX_LISTED = 1_000;
const PAGE = 20;

export interface RejectedPageQuery {
  readonly reason?: string | undefined;
  readonly cursor?: string | undefined;
}

/**
 * Events that were set aside. The reasons, and where the newest of them are, are looked up once for all callers; a page then reads its own
 * events by their keys.
 */
export function createRejectedPages({
  clickhouse,
  ttlMs,
}: OperatorDeps): (query: RejectedPageQuery) => Promise<RejectedEvents> {
  const sharedReasons = createShared(ttlMs, async (nowMs) => ({
    nowMs,
    reasons: await readRejectedReasons(clickhouse, nowMs - DAY_MS),
  }));
  const newest = (reason?: string) =>
    createShared(ttlMs, () => readNewestRejected(clickhouse, { reason, limit: MAX_LISTED }));
  const newestOfAll = newest();
  const newestOf = new Map<string, typeof newestOfAll>();
  const placesOf = async (reason: string | undefined, known: readonly RejectedReason[]) => {
    if (reason === undefined) return newestOfAll();
    if (!known.some((one) => one.reason === reason)) return [];
    const read = newestOf.get(reason) ?? newest(reason);
    newestOf.set(reason, read);
    return read();
  };
  return async ({ reason, cursor }) => {
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const { nowMs, reasons } = await sharedReasons();
    const places = await placesOf(reason, reasons);
    const page = pageOf(places, after);
    const events = await readPage(clickhouse, page.places);
    const counts = reasons.filter(({ numSince }) => numSince > 0);
    return {
      updatedAt: isoTime(nowMs),
      reasons: counts.map(({ reason: name, numSince: count }) => ({ reason: name, count })),
      events,
      cursor: page.cursor,
    };
  };
}

function pageOf(places: readonly RejectedPlace[], after: RejectedPlace | undefined) {
  const left = after === undefined ? places : places.filter((place) => isAfter(place, after));
  const page = left.slice(0, PAGE);
  const last = left.length > PAGE ? page.at(-1) : undefined;
  return { places: page, cursor: last && `${last.ingestAt}-${last.eventHash}` };
}

/** The newest come first. */
function isAfter(place: RejectedPlace, other: RejectedPlace): boolean {
  if (place.ingestAt !== other.ingestAt) return place.ingestAt < other.ingestAt;
  return place.eventHash > other.eventHash;
}

function readCursor(text: string): RejectedPlace {
  const [, at, eventHash] = /^(\d{1,15})-([0-9a-f]{32})$/.exec(text) ?? [];
  if (at === undefined || eventHash === undefined)
    throw new InvalidRequestError('cursor: expected one of an earlier page');
  return { ingestAt: Number(at), eventHash };
}

async function readPage(clickhouse: ClickHouse, places: readonly RejectedPlace[]): Promise<RejectedEvents['events']> {
  if (places.length === 0) return [];
  const hashes = places.map(({ eventHash }) => eventHash);
  const events = await readRejectedEvents(clickhouse, hashes, MAX_SHOWN_EVENT);
  const byHash = new Map(events.map((event) => [event.eventHash, event]));
  return hashes.flatMap((hash) => byHash.get(hash) ?? []).map(eventView);
}

function eventView(row: RejectedEvent): RejectedEvents['events'][number] {
  const { eventHash: id, ingestAt, reason, detail, did, kind, collection, event, eventBytes: bytes } = row;
  // The cut may go through a character, which then is none.
  const json = bytes > MAX_SHOWN_EVENT ? event.replace(/\uFFFD$/, '') : event;
  return { id, at: isoTime(ingestAt), reason, detail, did, kind, collection, json, bytes };
}
