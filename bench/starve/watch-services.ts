import { setTimeout as delay } from 'node:timers/promises';
import { round } from '../shared/figures.ts';

export interface Felt {
  /** The longest time since the last event that the indexer has written. */
  readonly maxLagSeconds: number;
  /** How often the indexer closed its stream because too much waited to be written. */
  readonly closings: number;
  /** Answers of each service's /readyz that were not 200. */
  readonly notReady: Readonly<Record<string, number>>;
}

const EACH_MS = 250;

export interface Watched {
  readonly services: readonly { readonly name: string; readonly url: string }[];
  /** The indexer's. */
  readonly metricsUrl: string;
  /** The saved cursor, in microseconds since 1970. */
  savedMicros(): Promise<number>;
}

/** Watches the services' metrics and readiness until it is stopped. */
export function watchServices(watched: Watched): { stop(): Promise<Felt> } {
  const stopping = new AbortController();
  const watching = watch(watched, stopping.signal);
  return {
    stop: () => {
      stopping.abort();
      return watching;
    },
  };
}

async function watch({ services, metricsUrl, savedMicros }: Watched, signal: AbortSignal): Promise<Felt> {
  const notReady = Object.fromEntries(services.map(({ name }) => [name, 0]));
  let maxLagSeconds = 0;
  const before = await closingsAt(metricsUrl);
  while (!signal.aborted) {
    for (const { name, url } of services) {
      const { status } = await fetch(`${url}/readyz`);
      if (status !== 200) notReady[name] = (notReady[name] ?? 0) + 1;
    }
    maxLagSeconds = Math.max(maxLagSeconds, Date.now() / 1e3 - (await savedMicros()) / 1e6);
    await delay(EACH_MS);
  }
  const closings = (await closingsAt(metricsUrl)) - before;
  return { maxLagSeconds: round(maxLagSeconds, 2), closings, notReady };
}

async function closingsAt(metricsUrl: string): Promise<number> {
  const metrics = await (await fetch(metricsUrl)).text();
  return Number(/^updraft_indexer_reconnects_total\{[^}]*reason="backpressure"[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0);
}
