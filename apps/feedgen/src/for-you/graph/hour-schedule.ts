/** Decides which hour of likes is read next. */
export interface HourSchedule {
  /** An hour to read now, or how long nothing is due. */
  next(nowMs: number): { readonly hour: number } | { readonly waitMs: number };
  /** An hour is read, or as much of it as there is room for. */
  noteRead(hour: number, nowMs: number): void;
  /** An hour could not be read: others come first for a while, so that one which fails again and again holds up none. */
  noteFailed(hour: number, nowMs: number): void;
  /** Whether each hour was read that there is room for. */
  isWhole(nowMs: number): boolean;
  /** Hours that the graph is to drop: too old, or the oldest of too many likes. */
  toDrop(graph: HeldHours, nowMs: number): readonly number[];
}

export interface HeldHours {
  readonly likes: number;
  /** Newest first. */
  readonly hours: readonly { readonly hour: number; readonly segment: { readonly likes: number } }[];
}

export interface HourScheduleOptions {
  /** The newest hour and those before it, at most. */
  readonly hours: number;
  readonly maxLikes: number;
  readonly refreshMs?: Refresh;
}

/** After which time an hour is read again: it may have new likes, or unlikes and accounts that went. */
export interface Refresh {
  readonly newest: number;
  readonly others: number;
}

const HOUR_MS = 3_600_000;
const REFRESH: Refresh = { newest: 30_000, others: 600_000 };
/** A like of an hour may come after the hour. */
const NEWEST = 2;

export function createHourSchedule({ hours, maxLikes, refreshMs = REFRESH }: HourScheduleOptions): HourSchedule {
  const readAt = new Map<number, number>();
  const failedAt = new Map<number, number>();
  /** The oldest hour that is read: the memory holds no more. */
  let floor = 0;
  let floorSetMs = 0;

  const wanted = (nowMs: number) => newestHours(nowMs, hours).filter((hour) => hour >= floor);
  const dueAt = (hour: number, place: number, nowMs: number): number =>
    Math.max(
      since(readAt.get(hour), nowMs) + (place < NEWEST ? refreshMs.newest : refreshMs.others),
      since(failedAt.get(hour), nowMs) + refreshMs.newest,
    );

  return {
    next: (nowMs) => {
      const all = wanted(nowMs).map((hour, place) => ({ hour, place, dueAtMs: dueAt(hour, place, nowMs) }));
      return nextOf(firstOf(all, nowMs), nowMs) ?? { waitMs: refreshMs.newest };
    },
    noteRead: (hour, nowMs) => {
      readAt.set(hour, nowMs - (readAt.has(hour) ? 0 : earlyBy(hour) * refreshMs.others));
      failedAt.delete(hour);
    },
    noteFailed: (hour, nowMs) => {
      failedAt.set(hour, nowMs);
      dropBefore(failedAt, nowMs / HOUR_MS - hours);
    },
    isWhole: (nowMs) => wanted(nowMs).every((hour) => readAt.has(hour)),
    toDrop: (graph, nowMs) => {
      const over = hoursOver(graph, maxLikes);
      if (over.length > 0) [floor, floorSetMs] = [Math.max(...over) + 1, nowMs];
      // Later: an hour that was too large a moment ago is as large now.
      else if (nowMs - floorSetMs >= HOUR_MS && hasRoom(graph, maxLikes)) floor -= 1;
      const oldest = Math.floor(nowMs / HOUR_MS) - hours + 1;
      const dropped = graph.hours.map(({ hour }) => hour).filter((hour) => hour < oldest || over.includes(hour));
      for (const hour of dropped) readAt.delete(hour);
      return dropped;
    },
  };
}

function newestHours(nowMs: number, hours: number): number[] {
  const newest = Math.floor(nowMs / HOUR_MS);
  return Array.from({ length: hours }, (_, n) => newest - n);
}

/** When something was done; never, where the clock was set back since. */
function since(atMs: number | undefined, nowMs: number): number {
  return atMs === undefined || atMs > nowMs ? Number.NEGATIVE_INFINITY : atMs;
}

/** The oldest hours beyond what the memory holds; never the newest. */
function hoursOver(graph: HeldHours, maxLikes: number): number[] {
  const over: number[] = [];
  let { likes } = graph;
  for (const { hour, segment } of graph.hours.slice(1).toReversed()) {
    if (likes <= maxLikes) break;
    likes -= segment.likes;
    over.push(hour);
  }
  return over;
}

interface DueHour {
  readonly hour: number;
  readonly place: number;
  readonly dueAtMs: number;
}

/** Of hours that were never read the newest comes first. */
function firstOf(hours: readonly DueHour[], nowMs: number): DueHour | undefined {
  return hours.toSorted((a, b) => rank(a, nowMs) - rank(b, nowMs) || a.dueAtMs - b.dueAtMs || a.place - b.place)[0];
}

function nextOf(first: DueHour | undefined, nowMs: number): { hour: number } | { waitMs: number } | undefined {
  if (first === undefined) return undefined;
  return first.dueAtMs <= nowMs ? { hour: first.hour } : { waitMs: first.dueAtMs - nowMs };
}

/** What was read at one time after the start is not read again at one time: a share of the time between two readings. */
function earlyBy(hour: number): number {
  return ((hour * 7) % 10) / 10;
}

function dropBefore(hours: Map<number, number>, oldest: number): void {
  for (const hour of hours.keys()) if (hour <= oldest) hours.delete(hour);
}

/** What is due comes first; of that, the newest hours. */
function rank({ dueAtMs, place }: DueHour, nowMs: number): number {
  if (dueAtMs > nowMs) return 2;
  return place < NEWEST ? 0 : 1;
}

/** For one hour more, and some more likes in each. */
function hasRoom({ likes, hours }: HeldHours, maxLikes: number): boolean {
  return hours.length > 0 && likes + (2 * likes) / hours.length < maxLikes;
}
