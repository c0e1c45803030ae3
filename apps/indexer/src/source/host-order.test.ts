import { expect, test } from 'vitest';
import { firstHost, hostsInOrder } from './host-order.ts';

const [V2, OTHER_V2, V1, OTHER_V1] = ['wss://a', 'wss://b', 'wss://a/subscribe', 'wss://c/subscribe'] as const;

test('hosts of v2 are read before those of v1, each in the order in which they are named', () => {
  expect(hostsInOrder([OTHER_V1, V2, V1, OTHER_V2])).toEqual([V2, OTHER_V2, OTHER_V1, V1]);
});

test.each([
  ['a new store begins at the first of v2', [V1, V2], undefined, V2],
  ['the host that was read last goes on', [V2, OTHER_V2], OTHER_V2, OTHER_V2],
  ['a store that was filled by v1 goes on at v2 of the same server', [OTHER_V2, V2, V1], V1, V2],
  ['and at another one of v2 when its server has none', [V2, OTHER_V1], OTHER_V1, V2],
  ['with hosts of v1 alone the last one goes on', [V1, OTHER_V1], OTHER_V1, OTHER_V1],
  ['a host that is no longer named is not read', [V1], OTHER_V1, V1],
])('%s', (_, hosts, lastHost, expected) => {
  expect(firstHost(hosts, lastHost)).toBe(expected);
});
