import type { Hooks, Moment } from '@updraft/indexer';

/** Where the process dies: at a moment of its pipeline, or when half of a batch's tables are written. */
export const CRASH_POINTS = [
  'after-receive',
  'before-write',
  'mid-write',
  'after-write',
  'after-progress',
  'after-redis',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** The hooks that CRASH_POINT asks for, `name` or `name:nth`: at that moment, the nth time, the process dies as by SIGKILL. */
export function crashHooks(text = '', die = (): void => void process.kill(process.pid, 'SIGKILL')): Hooks {
  const [name, count = '1'] = text.split(':');
  const point = CRASH_POINTS.find((known) => known === name);
  if (point === undefined || !/^[1-9]\d*$/.test(count)) throw new Error(`CRASH_POINT: ${text}`);
  let left = Number(count);
  const passes = (here: CrashPoint): boolean => here === point && --left === 0;
  return {
    passed: (moment: Moment) => {
      if (passes(moment)) die();
    },
    writer: (writer) => ({
      write: async (blocks, signal) => {
        if (!passes('mid-write')) return await writer.write(blocks, signal);
        const report = await writer.write(blocks.slice(0, Math.ceil(blocks.length / 2)), signal);
        die();
        return report;
      },
    }),
  };
}

/** The module that runs a program; where CRASH_POINT is set, the one that dies there. */
export function mainOf(program: 'indexer' | 'replay' | 'backfill', env: Readonly<Record<string, string>>): string {
  if (env['CRASH_POINT'] !== undefined) return `tests/indexer/crashing-${program}.ts`;
  return program === 'indexer' ? 'apps/indexer/src/main.ts' : `apps/indexer/src/${program}-command.ts`;
}
