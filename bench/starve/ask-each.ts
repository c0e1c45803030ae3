import { setTimeout as delay } from 'node:timers/promises';
import { quantile, round } from '../shared/figures.ts';

export interface AskOptions {
  readonly port: number;
  /** The caller's address, as a proxy passes it on. */
  readonly caller: string;
  readonly perSecond: number;
  readonly seconds: number;
  make(): string;
}

/** The times are those of the answers with posts: a refusal comes at once. */
export interface Asked {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How many answers had which status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Sends searches at an even pace, without waiting for answers. */
export async function askEach({ port, caller, perSecond, seconds, make }: AskOptions): Promise<Asked> {
  const times: number[] = [];
  const statuses: Record<string, number> = {};
  const ask = async () => {
    const startedAt = performance.now();
    const answer = await fetch(`http://127.0.0.1:${port}/search/posts?q=${encodeURIComponent(make())}`, {
      headers: { 'x-forwarded-for': caller },
    });
    await answer.text();
    if (answer.ok) times.push(performance.now() - startedAt);
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
  };
  const asked: Promise<void>[] = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    asked.push(ask());
    await delay(1_000 / perSecond);
  }
  await Promise.all(asked);
  return { p50Ms: round(quantile(times, 0.5)), p99Ms: round(quantile(times, 0.99)), statuses };
}
