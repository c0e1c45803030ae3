import type { Segment } from './segment.ts';

export interface HourOfLikes {
  readonly hour: number;
  readonly segment: Segment;
}

/** The segments by hour. `onChange` hears of each that comes (1) and goes (-1), the new one of an hour before the old one. */
export function createHoursOfLikes(onChange: (segment: Segment, sign: 1 | -1) => void) {
  let hours: HourOfLikes[] = [];
  let likes = 0;
  const change = (segment: Segment | undefined, sign: 1 | -1): void => {
    if (segment === undefined) return;
    onChange(segment, sign);
    likes += sign * segment.likes;
  };
  return {
    /** Newest first. */
    all: (): readonly HourOfLikes[] => hours,
    likes: () => likes,
    bytes: () => hours.reduce((sum, { segment }) => sum + segment.bytes, 0),
    /** Undefined: the hour goes. */
    replace: (hour: number, segment: Segment | undefined): void => {
      change(segment, 1);
      change(hours.find((one) => one.hour === hour)?.segment, -1);
      const others = hours.filter((one) => one.hour !== hour);
      hours = segment === undefined ? others : [...others, { hour, segment }].toSorted((a, b) => b.hour - a.hour);
    },
  };
}
