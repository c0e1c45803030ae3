import { setTimeout as delay } from 'node:timers/promises';

export interface AskOptions {
  readonly port: number;
  /** Its address, as a proxy would tell it. */
  readonly caller: string;
  readonly perSecond: number;
  readonly seconds: number;
  make(): string;
}

/** Times are those of the answers that are searches: a refusal comes at once. */
export interface Asked {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How many answers had which status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Sends searches at an even pace, whether the ones before are answered or not. */
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
  times.sort((a, b) => a - b);
  const at = (part: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0);
  return { p50Ms: at(0.5), p99Ms: at(0.99), statuses };
}
