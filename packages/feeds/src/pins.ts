import { parseTimeMs } from '@updraft/atproto';
import { z } from 'zod';
import { postUri } from './values.ts';

/** A post at the top of a feed, always or while its times say so. */
export interface Pin {
  readonly post: string;
  /** Milliseconds since 1970. */
  readonly fromMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** Of every day. */
  readonly hours?: DailyHours | undefined;
}

/** Minutes since midnight in a time zone. Where `until` is not after `from`, the hours run over midnight. */
export interface DailyHours {
  readonly from: number;
  readonly until: number;
  readonly timeZone: string;
}

const time = z.string().transform((text, check) => {
  const ms = parseTimeMs(text);
  if (ms !== undefined) return ms;
  check.addIssue({ code: 'custom', message: "expected a time with its zone, such as '2026-07-04T12:00:00Z'" });
  return z.NEVER;
});
const hours = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, {
  error: "expected hours such as '09:00-17:30'",
});
const timeZone = z.string().refine(isTimeZone, { error: "expected a time zone such as 'UTC' or 'Europe/Berlin'" });

const scheduled = z
  .strictObject({
    post: postUri,
    from: time.optional(),
    until: time.optional(),
    hours: hours.optional(),
    timeZone: timeZone.optional(),
  })
  .superRefine((pin, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (pin.from !== undefined && pin.until !== undefined && pin.until <= pin.from)
      refuse('until', 'expected a time after from');
    if (pin.timeZone !== undefined && pin.hours === undefined) refuse('timeZone', 'expected hours beside it');
  });

/** An entry of `pinned`: a post, or a post with times. */
export const pin = z
  .preprocess((entry) => (typeof entry === 'string' ? { post: entry } : entry), scheduled)
  .transform(({ post, from, until, hours: daily, timeZone: zone }): Pin => {
    return { post, fromMs: from, untilMs: until, hours: readHours(daily, zone) };
  });

function readHours(text: string | undefined, zone = 'UTC'): DailyHours | undefined {
  if (text === undefined) return undefined;
  const [from = 0, until = 0] = text.split('-').map((part) => Number(part.slice(0, 2)) * 60 + Number(part.slice(3)));
  return { from, until, timeZone: zone };
}

/** Whether the post is at the top at this moment. */
export function isPinnedAt({ fromMs, untilMs, hours: daily }: Pin, atMs: number): boolean {
  if (fromMs !== undefined && atMs < fromMs) return false;
  if (untilMs !== undefined && atMs >= untilMs) return false;
  if (daily === undefined) return true;
  const minute = minuteOfDay(daily.timeZone, atMs);
  const { from, until } = daily;
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

function minuteOfDay(zone: string, atMs: number): number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const [hour = '', minute = ''] = format.format(atMs).split(':');
  return Number(hour) * 60 + Number(minute);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
