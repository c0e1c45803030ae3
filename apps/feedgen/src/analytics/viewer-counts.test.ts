import { expect, test } from 'vitest';
import { createViewerCounts } from './viewer-counts.ts';

test('viewers that waited for Redis are counted however many they are', async () => {
  const counted = new Set<string>();
  let away = true;
  const stopping = new AbortController();
  const viewers = createViewerCounts({
    redis: {
      pfadd: async (_key: string, ...dids: string[]) => {
        if (away) throw new Error('away');
        for (const did of dids) counted.add(did);
      },
      expire: async () => 1,
      pfcount: async () => {
        stopping.abort();
        return counted.size;
      },
    } as never,
    prefix: 'p',
    aliases: ['f'],
    metrics: { uniqueViewers: { set: () => {} } as never },
    onError: () => {},
  });
  for (let n = 0; n < 100_000; n++) viewers.see('f', `did:plc:${n}`);
  away = false;
  await viewers.run(AbortSignal.any([stopping.signal, AbortSignal.timeout(1_000)]));
  expect(counted.size).toBe(100_000);
});
