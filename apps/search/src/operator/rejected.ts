import { MAX_SHOWN_EVENT, type RejectedEvents } from '@updraft/console-api/views';
import { InvalidRequestError } from '@updraft/service';
import {
  type RejectedEvent,
  type RejectedPlace,
  type RejectedReason,
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

/** Events that were set aside. Where the newest are is looked up once for all callers; a page then reads its own events by their keys. */
export function createRejectedPages({
  clickhouse,
  ttlMs,
}: OperatorDeps): (query: RejectedPageQuery) => Promise<RejectedEvents> {
  const listed = createShared(ttlMs, async (nowMs) => {
    const reasons = await readRejectedReasons(clickhouse, { sinceMs: nowMs - DAY_MS, newest: MAX_LISTED });
    return { nowMs, reasons, all: newestOf(reasons) };
  });
  return async ({ reason, cursor }) => {
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const { nowMs, reasons, all } = await listed();
    const places = reason === undefined ? all : (reasons.find((one) => one.reason === reason)?.newest ?? []);
    const left = after === undefined ? places : places.filter((place) => inOrder(after, place) < 0);
    const page = left.slice(0, PAGE);
    const events =
      page.length === 0
        ? []
        : await readRejectedEvents(
            clickhouse,
            page.map(({ id }) => id),
            MAX_SHOWN_EVENT,
          );
    const byId = new Map(events.map((event) => [event.eventHash, event]));
    const last = left.length > PAGE ? page.at(-1) : undefined;
    return {
      updatedAt: isoTime(nowMs),
      reasons: reasons
        .filter(({ numSince }) => numSince > 0)
        .map(({ reason: name, numSince }) => ({ reason: name, count: numSince })),
      events: page
        .map(({ id }) => byId.get(id))
        .filter((event) => event !== undefined)
        .map(eventView),
      ...(last !== undefined && { cursor: `${last.at}-${last.id}` }),
    };
  };
}

function newestOf(reasons: readonly RejectedReason[]): RejectedPlace[] {
  return reasons
    .flatMap(({ newest }) => newest)
    .toSorted(inOrder)
    .slice(0, MAX_LISTED);
}

/** The newest first. */
function inOrder(a: RejectedPlace, b: RejectedPlace): number {
  if (a.at !== b.at) return b.at - a.at;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function readCursor(text: string): RejectedPlace {
  const [, at, id] = /^(\d{1,15})-([0-9a-f]{32})$/.exec(text) ?? [];
  if (at === undefined || id === undefined) throw new InvalidRequestError('cursor: expected one of an earlier page');
  return { at: Number(at), id };
}

function eventView(row: RejectedEvent): RejectedEvents['events'][number] {
  const { eventHash: id, ingestAt, reason, detail, did, kind, collection, event, eventBytes: bytes } = row;
  // The cut may go through a character, which then is none.
  const json = bytes > MAX_SHOWN_EVENT ? event.replace(/\uFFFD$/, '') : event;
  return { id, at: isoTime(ingestAt), reason, detail, did, kind, collection, json, bytes };
}
