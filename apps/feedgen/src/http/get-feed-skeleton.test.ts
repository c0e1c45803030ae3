import { parseFeedsFile } from '@updraft/feeds';
import { createHttpServer, createLogger } from '@updraft/service';
import { expect, test } from 'vitest';
import type { FeedgenContext } from './context.ts';
import { getFeedSkeleton } from './get-feed-skeleton.ts';
import { createReadership } from './readership.ts';

const PUBLISHER = 'did:plc:publisher';
const FEEDS = `
feeds:
  a: { kind: static, posts: ['at://did:plc:a/app.bsky.feed.post/3l3frqadlo32h'] }
  b: { kind: static, posts: ['at://did:plc:b/app.bsky.feed.post/3l3frqadlo32h'] }
  mine: { kind: following, fallback: a, hideSeen: true }
`;
const file = parseFeedsFile(FEEDS, 'feeds.yaml');
const unchanging = { version: () => 1, isHidden: () => false };

test('what a viewer has seen is read while their build is looked for: a page waits for the slower of both', async () => {
  const asked = Promise.withResolvers<void>();
  const app = createHttpServer({ log: createLogger({ service: 'test', level: 'silent' }) });
  getFeedSkeleton(app, {
    file,
    service: { actorDid: PUBLISHER, did: 'did:web:feeds.example' },
    identity: { viewers: { identify: async () => 'did:plc:viewer' } },
    hides: unchanging,
    languages: unchanging,
    personal: { open: () => asked.promise.then(() => undefined) },
    seen: {
      view: async () => {
        asked.resolve();
        return { has: () => false };
      },
      add: () => {},
    },
    analytics: { addPage: () => {} },
    metrics: { pageSeconds: { observe: () => {} }, pages: { count: () => {} } },
  } as unknown as FeedgenContext);
  const query = { feed: `at://${PUBLISHER}/app.bsky.feed.generator/mine` };
  const headers = { authorization: 'Bearer a.b.c' };
  const { statusCode } = await app.inject({ url: '/xrpc/app.bsky.feed.getFeedSkeleton', query, headers });
  expect(statusCode).toBe(200);
  await app.close();
});

test('each static feed has a build with an id of its own, which says of whose posts the languages are known', async () => {
  const readership = createReadership({ file, hides: unchanging } as unknown as FeedgenContext);
  const builds = ['a', 'b'].map(async (alias) => {
    const feed = file.feeds.get(alias);
    if (feed === undefined) throw new Error('it is in the file');
    return readership(feed, { viewerDid: undefined, languages: [] }).current();
  });
  const [a, b] = (await Promise.all(builds)).map((build) => build?.id);
  expect(a).toMatch(/^[\w.-]{1,40}$/);
  expect(a).not.toBe(b);
});
