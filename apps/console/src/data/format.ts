import { serverNow } from './clock.ts';

const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const dayTime = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en');

export const formatCount = (value: number): string => whole.format(value);
export const formatShort = (value: number): string => short.format(value);
/** In the reader's time zone. */
export const formatTime = (iso: string): string => dayTime.format(new Date(iso));

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** How long ago it was, in whole ones of the largest unit, such as `3 minutes ago`; `now` for what is not yet. */
export function formatAge(iso: string, nowMs = serverNow()): string {
  const seconds = (nowMs - Date.parse(iso)) / 1000;
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? [];
  return unit === undefined ? 'now' : relative.format(-Math.floor(seconds / size), unit);
}

/** Such as `3 days` or `1 minute`: whole ones of the largest unit. */
export function formatSpan(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? UNITS[3];
  const count = Math.floor(seconds / size);
  return `${formatCount(count)} ${unit}${count === 1 ? '' : 's'}`;
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const byteFormats = BYTE_UNITS.map(
  (unit) =>
    new Intl.NumberFormat('en', {
      style: 'unit',
      unit,
      unitDisplay: unit === 'byte' ? 'long' : 'short',
      maximumSignificantDigits: 3,
    }),
);

/** Such as `1.25 GB`. */
export function formatBytes(bytes: number): string {
  const step = Math.min(Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)), BYTE_UNITS.length - 1);
  return byteFormats[step]?.format(bytes / 1000 ** step) ?? '';
}
