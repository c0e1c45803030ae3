import { startProgram } from '../shared/programs.ts';

/** What the load generator reports. */
export interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly bad: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Runs load-main.ts with these options. @throws when a reply is not 200 */
export async function runLoad(options: Readonly<Record<string, string | number>>): Promise<Load> {
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  await using program = startProgram('bench/feed/load-main.ts', args);
  const load = JSON.parse(await program.line(/^\{/)) as Load;
  if (load.bad > 0) throw new Error(`${load.bad} of ${load.requests} replies were not 200`);
  return load;
}

/** Requests a second, as many as can be. */
export async function requestsPerSecond(options: Readonly<Record<string, string | number>>): Promise<number> {
  const { requests, seconds } = await runLoad(options);
  return requests / seconds;
}
