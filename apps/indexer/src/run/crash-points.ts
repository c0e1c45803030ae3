/** Places in the pipeline where a test may have the process die. */
export const CRASH_POINTS = [
  'after-receive',
  'before-write',
  'mid-write',
  'after-write',
  'after-progress',
  'after-redis',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

export interface CrashPoints {
  /** Dies here if this is the armed point, the nth time. */
  pass(point: CrashPoint): void;
  /** Whether the next pass of this point will die. */
  isNext(point: CrashPoint): boolean;
}

export interface ArmedCrash {
  readonly point: CrashPoint;
  /** From 1. */
  readonly nth: number;
}

/** `name[:nth]`; undefined when it is anything else. */
export function parseCrashPoint(text: string): ArmedCrash | undefined {
  const [name, count = '1', ...rest] = text.split(':');
  const point = CRASH_POINTS.find((known) => known === name);
  if (point === undefined || rest.length > 0 || !/^[1-9]\d{0,8}$/.test(count)) return undefined;
  return { point, nth: Number(count) };
}

/** `die` is to end the process without a chance for any clean-up, as SIGKILL does. */
export function createCrashPoints(armed: ArmedCrash | undefined, die: () => void): CrashPoints {
  if (armed === undefined) return { pass: () => {}, isNext: () => false };
  let left = armed.nth;
  return {
    pass: (point) => {
      if (point !== armed.point) return;
      left -= 1;
      if (left === 0) die();
    },
    isNext: (point) => point === armed.point && left === 1,
  };
}
