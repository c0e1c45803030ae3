import { startJetstream } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { acceptsSubscription } from '../packages/local/src/plan/network.ts';

describe('npm start asks a host whether it can be read', () => {
  test('by the protocol of its address', async () => {
    await using host = await startHost();
    expect(await acceptsSubscription(host.v2Url, 5_000)).toBe(true);
    expect(await acceptsSubscription(host.url, 5_000)).toBe(true);
  });

  test('and hears of one that takes no readers, or has no such protocol', async () => {
    await using host = await startHost();
    host.setWeather({ unavailable: true });
    expect(await acceptsSubscription(host.v2Url, 5_000)).toBe(false);
    expect(await acceptsSubscription(host.url, 5_000)).toBe(false);
    host.setWeather({ unavailable: false });
    expect(await acceptsSubscription(`${host.v2Url}/elsewhere/subscribe`, 5_000)).toBe(false);
  });
});

async function startHost() {
  const host = await startJetstream({ v2: {} });
  return { ...host, [Symbol.asyncDispose]: () => host.close() };
}
