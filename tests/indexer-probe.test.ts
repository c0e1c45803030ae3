import { type ProbeAnswer, probeHost } from '@updraft/indexer';
import { type JetstreamOptions as JetstreamServerOptions } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { LIKE, sendTo, startHost, worldOf } from './indexer/hosts.ts';

describe('a probe of another host', () => {
  const events = worldOf(3_000);
  const microsAt = (index: number) => events[index]?.timeUs ?? 0;
  /** Asks for the likes of the middle third. */
  async function probe(options: JetstreamServerOptions, timeoutMs = 2_000): Promise<ProbeAnswer> {
    const host = await startHost(options);
    sendTo([host], events);
    const stretch = { fromMicros: microsAt(1_000), toMicros: microsAt(2_000) };
    return probeHost({ host: host.url, collection: LIKE, ...stretch, timeoutMs }, new AbortController().signal);
  }

  test('finds a collection that the host sends', async () => {
    expect(await probe({}, 30_000)).toBe('sends');
  });

  test('finds that the host sends none', async () => {
    expect(await probe({ weather: { blindTo: [LIKE] } })).toBe('sends none');
  });

  test('is no answer while the host is still replaying what came long before', async () => {
    expect(await probe({ weather: { blindTo: [LIKE], replayEvents: 1_000 }, readerRate: 100 })).toBe('unknown');
  });

  test('is no answer when the host does not take it', async () => {
    expect(await probe({ weather: { unavailable: true } })).toBe('unknown');
    expect(await probe({ weather: { closesAfter: { events: 0, code: 1000 } } })).toBe('unknown');
  });
});
