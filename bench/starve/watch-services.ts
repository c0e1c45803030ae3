import { setTimeout as delay } from 'node:timers/promises';

export interface Felt {
  /** How long ago the last event happened that the indexer has written, at its worst. */
  readonly maxLagSeconds: number;
  /** Times that the indexer closed its stream since too much was waiting to be written. */
  readonly closings: number;
  /** Answers of each service's /readyz that were not 200. */
  readonly notReady: Readonly<Record<string, number>>;
}

const EACH_MS = 250;

export interface Watched {
  readonly services: readonly { readonly name: string; readonly url: string }[];
  /** Of the indexer. */
  readonly metricsUrl: string;
  /** The cursor that is saved, in microseconds since 1970. */
  savedMicros(): Promise<number>;
}

/** Looks at the services' metrics and readiness until it is stopped. */
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
  return { maxLagSeconds: Math.round(maxLagSeconds * 100) / 100, closings, notReady };
}

async function closingsAt(metricsUrl: string): Promise<number> {
  const metrics = await (await fetch(metricsUrl)).text();
  return Number(/^updraft_indexer_reconnects_total\{[^}]*reason="backpressure"[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0);
}
