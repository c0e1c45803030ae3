/**
 * The instant that an RFC 3339 date-time names, in whole milliseconds since 1970 (negative before), or undefined for
 * everything else. Strict where `Date.parse` guesses: a time zone is required and the day must exist.
 */
export function parseTimeMs(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const seconds = wholeSeconds(text);
  return Number.isNaN(seconds) ? undefined : seconds * 1000 + fraction(text, 3);
}

/**
 * parseTimeMs() in whole microseconds; further digits are cut off. Only from 1970 to 2255, where microseconds are safe
 * integers and a version can hold them; undefined outside.
 */
export function parseTimeMicros(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const seconds = wholeSeconds(text);
  if (!(seconds >= 0)) return undefined;
  const micros = seconds * 1_000_000 + fraction(text, 6);
  return micros <= Number.MAX_SAFE_INTEGER ? micros : undefined;
}

const LONGEST = 64;

/** Seconds since 1970 without the fraction; NaN when `text` is not a date-time. */
function wholeSeconds(text: string): number {
  if (text.length < 20 || text.length > LONGEST || !hasSeparators(text)) return Number.NaN;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  // NaN fails every comparison; 60 is a leap second.
  if (!(year >= 0 && day >= 1 && day <= daysInMonth(year, month))) return Number.NaN;
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return Number.NaN;
  return daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offsetSeconds(text);
}

/** `2026-07-04T14:38:08`: RFC 3339 allows a small t, and a space, for T. */
function hasSeparators(text: string): boolean {
  const t = text.charCodeAt(10);
  return (
    (t === 0x54 || t === 0x74 || t === 0x20) &&
    text.charCodeAt(4) === 0x2d &&
    text.charCodeAt(7) === 0x2d &&
    text.charCodeAt(13) === 0x3a &&
    text.charCodeAt(16) === 0x3a
  );
}

/** Seconds east of UTC that the zone at the end says; NaN when it or the fraction before it is malformed. */
function offsetSeconds(text: string): number {
  const at = zoneIndex(text);
  const zone = text.charCodeAt(at);
  if (zone === 0x5a || zone === 0x7a) return at === text.length - 1 ? 0 : Number.NaN;
  if ((zone !== 0x2b && zone !== 0x2d) || at !== text.length - 6 || text.charCodeAt(at + 3) !== 0x3a) return Number.NaN;
  const hours = digits(text, at + 1, at + 3);
  const minutes = digits(text, at + 4, at + 6);
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (hours * 3600 + minutes * 60) * (zone === 0x2b ? 1 : -1);
}

/** Where the zone begins: behind the seconds, or behind at least one digit of a fraction. */
function zoneIndex(text: string): number {
  if (text.charCodeAt(19) !== DOT) return 19;
  let end = 20;
  while (isDigit(text.charCodeAt(end))) end++;
  return end === 20 ? text.length : end;
}

/** The first `places` digits of the fraction as an integer: '.5' is 500 in three places. */
function fraction(text: string, places: number): number {
  if (text.charCodeAt(19) !== DOT) return 0;
  let value = 0;
  let at = 20;
  for (let place = 0; place < places; place++) {
    const code = text.charCodeAt(at);
    value *= 10;
    if (isDigit(code)) {
      value += code - 0x30;
      at++;
    }
  }
  return value;
}

const DOT = 0x2e;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) return Number.NaN;
    value = value * 10 + code - 0x30;
  }
  return value;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  if (month === 4 || month === 6 || month === 9 || month === 11) return 30;
  return month >= 1 && month <= 12 ? 31 : Number.NaN;
}

/** Days of the proleptic Gregorian calendar (`Date.UTC` takes years below 100 for 19xx). Howard Hinnant's days_from_civil. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
