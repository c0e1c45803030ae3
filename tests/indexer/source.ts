import { createEventCounts, createJetstreamSource, type JetstreamOptions, type Source } from '@updraft/indexer';

type SourceOptions = Omit<Partial<JetstreamOptions>, 'events'> &
  Pick<JetstreamOptions, 'hosts' | 'position'> & { readonly events?: Partial<JetstreamOptions['events']> };

/** The indexer's source, as far as the options don't say otherwise: without waits between tries, and without reports. */
export function sourceOf({ events, ...options }: SourceOptions): Source {
  return createJetstreamSource({
    lastHost: undefined,
    eventCounts: createEventCounts(),
    idleTimeoutMs: 60_000,
    compareTiming: { everyMs: 0, stretchMicros: 0, marginMicros: 0, timeoutMs: 0 },
    maxPauseMs: 2_000,
    backoff: { next: () => 1, reset: () => {} },
    liftTiming: { lookEveryMs: 10, looks: 3, graceMs: 20 },
    events: {
      connecting: () => {},
      connected: () => {},
      info: () => {},
      wentBack: () => {},
      compared: () => {},
      ended: () => {},
      leftOut: () => {},
      blind: () => {},
      ...events,
    },
    ...options,
  });
}
