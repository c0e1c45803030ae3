import { type PersonalFeed, parseFeedsFile } from '@updraft/feeds';
import { createLogger } from '@updraft/service';
import { expect, test } from 'vitest';
import { createKeptBuilds } from './kept-builds.ts';
import { createViewerFlights } from './viewer-flights.ts';

const FEEDS = `
feeds:
  top: { kind: top, minimumLikes: 1 }
  mine: { kind: following, fallback: top }
`;
const feed = parseFeedsFile(FEEDS, 'feeds.yaml').feeds.get('mine') as PersonalFeed;

function createFlights(make: () => Promise<undefined>, lines: string[] = []) {
  return createViewerFlights({
    maker: { make },
    kept: createKeptBuilds({ maxBytes: 1_000_000 }),
    store: { save: async () => {}, load: async () => undefined, remove: async () => {} },
    erased: { has: () => false },
    metrics: { personalStoreFailures: { inc: () => {} } as never },
    log: createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } }),
    waits: { lookUpMs: 1_000 },
  });
}

test('a viewer of whom something came to be known while their build was made is asked about again at once', async () => {
  let made = 0;
  let onMake = () => {};
  const flights = createFlights(async () => {
    made += 1;
    onMake();
    return undefined;
  });
  const join = async () => (await flights.join(feed, 'did:plc:a', [])).outcome;
  onMake = () => flights.renew('did:plc:a');
  expect([await join(), made]).toEqual(['fallback_new', 1]);
  onMake = () => {};
  expect([await join(), made]).toEqual(['fallback_new', 2]);
  expect([await join(), made]).toEqual(['fallback_new', 2]); // left in peace for a minute
});

test('builds that fail for many viewers at once are told of once, and of none by name', async () => {
  const lines: string[] = [];
  const flights = createFlights(() => Promise.reject(new Error('the store is away')), lines);
  const dids = Array.from({ length: 100 }, (_, n) => `did:plc:viewer${n}`);
  const ended = await Promise.all(dids.map((did) => flights.join(feed, did, [])));
  expect(new Set(ended.map(({ outcome }) => outcome))).toEqual(new Set(['fallback_failed']));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('the store is away');
  expect(lines[0]).not.toContain('did:plc:');
});
