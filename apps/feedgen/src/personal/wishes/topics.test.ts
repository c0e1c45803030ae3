import { expect, test } from 'vitest';
import { topicsOf } from './topics.ts';

const [ANN, BOB, CAT] = ['ann', 'bob', 'cat'].map(
  (name) => `at://did:plc:${name.padEnd(24, 'a')}/app.bsky.feed.post/3l3frqadlo32h`,
);
const post = { uri: ANN ?? '', tags: [], domainTokens: [], quoteUri: '', rootUri: '' };

test('a post is about its hashtags, else the domains of its links, else whom it quotes or answers', () => {
  const all = {
    ...post,
    quoteUri: BOB ?? '',
    rootUri: CAT ?? '',
    domainTokens: ['/www.example.org', '/example.org', '/b.co'],
  };
  expect(topicsOf({ ...all, tags: ['Cats', 'cats', 'dogs'] })).toEqual(['#cats', '#dogs']);
  expect(topicsOf(all)).toEqual(['example.org', 'b.co']);
  expect(topicsOf({ ...all, domainTokens: [] })).toEqual([`@did:plc:${'bob'.padEnd(24, 'a')}`]);
  expect(topicsOf({ ...all, domainTokens: [], quoteUri: '' })).toEqual([`@did:plc:${'cat'.padEnd(24, 'a')}`]);
  expect(topicsOf({ ...post, rootUri: ANN ?? '' })).toEqual([]);
  expect(topicsOf(post)).toEqual([]);
  expect(topicsOf({ ...post, tags: Array.from({ length: 50 }, (_, n) => `tag${n}`) })).toHaveLength(8);
});
