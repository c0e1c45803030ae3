import { describe, expect, test } from 'vitest';
import { seqCursor, timeCursor } from './cursor.ts';
import { InvalidRequestError } from './errors.ts';
import { hostName, methodUrl, protocolOf, subscribeUrl } from './host.ts';

const V1 = 'wss://jetstream2.us-east.bsky.network/subscribe';
const V2 = 'wss://jetstream.us-east.bsky.network';
const EVENTS = `${V2}/xrpc/network.bsky.jetstream.subscribeEvents`;

describe('the address of a subscription', () => {
  test('names what is wanted in the words of each protocol', () => {
    const filter = { dids: ['did:plc:a'], collections: ['app.bsky.feed.*'], maxMessageSizeBytes: 1000 };
    expect(subscribeUrl(V1, { filter })).toBe(
      `${V1}?wantedDids=did%3Aplc%3Aa&wantedCollections=app.bsky.feed.*&maxMessageSizeBytes=1000`,
    );
    expect(subscribeUrl(V2, { filter: { ...filter, kinds: ['commit'] } })).toBe(
      `${EVENTS}?kinds=commit&dids=did%3Aplc%3Aa&collections=app.bsky.feed.*&maxMessageSizeBytes=1000`,
    );
  });

  test('is the same for every way to write a v2 host', () => {
    expect(protocolOf(V1)).toBe('v1');
    for (const address of [V2, 'https://jetstream.us-east.bsky.network/', EVENTS]) {
      expect(protocolOf(address)).toBe('v2');
      expect(subscribeUrl(address)).toBe(EVENTS);
    }
    expect(methodUrl(V2, 'getBlock').href).toBe(
      'https://jetstream.us-east.bsky.network/xrpc/network.bsky.jetstream.getBlock',
    );
  });

  test("bears a sequence number at the cursor's own host only", () => {
    const cursor = seqCursor(hostName(V2), 5);
    expect(subscribeUrl(V2, { cursor })).toBe(`${EVENTS}?cursor=5`);
    expect(subscribeUrl(V1, { cursor })).toBe(V1);
    expect(subscribeUrl(V1, { cursor: timeCursor(2e15) })).toBe(`${V1}?cursor=2000000000000000`);
  });

  test('is refused for a filter that the host would refuse', () => {
    const dids = Array.from({ length: 10_001 }, (_, i) => `did:plc:${i}`);
    expect(() => subscribeUrl(V1, { filter: { kinds: ['sync'] } })).toThrow(InvalidRequestError);
    expect(() => subscribeUrl(V2, { filter: { kinds: ['sync'], collections: ['a.b.c'] } })).toThrow(
      InvalidRequestError,
    );
    expect(() => subscribeUrl(V2, { filter: { dids } })).toThrow(InvalidRequestError);
    expect(() => subscribeUrl(`${V2}?wantedDids=did:plc:a`)).toThrow('wantedDids, a parameter of v1');
    expect(() => subscribeUrl(`${V1}?collections=a.b.c`)).toThrow('collections, a parameter of v2');
    expect(subscribeUrl(`${V1}?wantedDids=did:plc:a`)).toBe(`${V1}?wantedDids=did:plc:a`);
    expect(() => subscribeUrl(V2, { filter: { maxMessageSizeBytes: -1 } })).toThrow(InvalidRequestError);
  });
});
