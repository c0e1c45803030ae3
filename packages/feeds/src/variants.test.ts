import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Feed, feedOrVariantByName, nameOf, withVariants } from './feed.ts';
import { FeedsFileError, parseFeedsFile } from './read-feeds.ts';
import { variantFor } from './variants.ts';

const parse = (variants: string, more = '') =>
  parseFeedsFile(
    `feeds:\n  a-x:\n    kind: hot\n    minimumLikes: 5\n    window: 24h\n    languages: [en]\n    variants:\n${variants}${more}`,
    'f',
  );
const feedOf = (variants: string): Feed => {
  const feed = parse(variants).feeds.get('a-x');
  if (feed === undefined) throw new Error('there is one feed');
  return feed;
};
const faultsOf = (variants: string, more?: string): readonly string[] => {
  try {
    parse(variants, more);
    return [];
  } catch (error) {
    return error instanceof FeedsFileError ? error.faults : [String(error)];
  }
};

test('shares that are a hundred together may say so in any decimals', () => {
  const shares = [47.5, 7.1, 10.1, 8.4, 1, 11.5, 6.1, 1.4, 6.9];
  const lines = shares.map((share, n) => `      v${n}: { gravity: ${n}, share: ${share} }\n`).join('');
  expect(faultsOf(lines)).toEqual([]);
  expect(faultsOf(lines.replace('6.9', '6.91'))).toHaveLength(1);
});

describe('a variant of a feed', () => {
  test('is the feed with its own settings in their places, under a name that no feed can have', () => {
    const feed = feedOf(
      '      calm: { gravity: 1.2, share: 20 }\n      loud: { window: 6h, weights: { reposts: 2 }, share: 0.5 }\n',
    );
    const [calm, loud] = feed.variantFeeds ?? [];
    const { variantFeeds: _, alias: __, variants: ___, ...settings } = { variants: undefined, ...feed };
    expect(calm).toEqual({
      ...settings,
      gravity: 1.2,
      alias: 'a-x/calm',
      variant: { of: 'a-x', name: 'calm', share: 20 },
    });
    expect(loud).toMatchObject({
      window: 6 * 3_600_000,
      weights: { likes: 1, reposts: 2 },
      minimumLikes: 5,
      languages: ['en'],
    });
    expect(withVariants([feed]).map(({ alias }) => alias)).toEqual(['a-x', 'a-x/calm', 'a-x/loud']);
    expect(withVariants([feed]).map(nameOf)).toEqual(['a-x', 'a-x', 'a-x']);
    expect(() => parseFeedsFile('feeds: { a/calm: { kind: hot, minimumLikes: 1 } }', 'f')).toThrow('a/calm');
  });

  test('is found by the name of its feed and its own', () => {
    const { feeds } = parse('      calm: { gravity: 1.2, share: 20 }\n');
    expect(feedOrVariantByName(feeds, 'a-x/calm')?.alias).toBe('a-x/calm');
    expect(feedOrVariantByName(feeds, 'a-x')?.alias).toBe('a-x');
    for (const name of ['a-x/', 'a-x/loud', 'a-x/calm/', 'b/calm', '/calm', ''])
      expect(feedOrVariantByName(feeds, name)).toBeUndefined();
  });

  test.each([
    [
      '      calm: { gravity: 11, share: 20 }\n',
      ['f:8: feeds.a-x.variants.calm.gravity: expected number to be <=10, got 11'],
    ],
    [
      '      calm:\n        share: 20\n        gravty: 1\n',
      ['f:10: feeds.a-x.variants.calm.gravty: there is no such setting here'],
    ],
    [
      '      calm:\n        share: 20\n        audience: members\n        hideSeen: true\n        kind: top\n',
      ['audience', 'hideSeen', 'kind'].map(
        (key, index) =>
          `f:${10 + index}: feeds.a-x.variants.calm.${key}: expected a setting that readers may not tell the feed by: this one is the same for all`,
      ),
    ],
    [
      '      calm: { share: 20, minimumAge: 25h }\n',
      ['f:8: feeds.a-x.variants.calm.minimumAge: expected less than window'],
    ],
    ['      calm: { gravity: 1 }\n', ['f:8: feeds.a-x.variants.calm.share: missing, expected number']],
    ['      calm: { share: 0 }\n', ['f:8: feeds.a-x.variants.calm.share: expected number to be >0, got 0']],
    [
      '      calm: { share: 60 }\n      loud: { share: 41 }\n',
      ['f:7: feeds.a-x.variants: expected shares of at most 100 together'],
    ],
    [
      '      Calm!: { share: 60 }\n',
      ['f:8: feeds.a-x.variants.Calm!: expected a name of at most 32 lower-case letters, digits and hyphens'],
    ],
  ])('that is faulty is named with its line: %j', (text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  test('of a union is held to what unions are held to, and a static feed has none', () => {
    const union = '  u: { kind: union, feeds: [a-x], variants: { y: { share: 5, feeds: [a-x, u] } } }\n';
    expect(faultsOf('      calm: { share: 5 }\n', union)).toEqual([
      'f:9: feeds.u.variants.y.feeds.1: expected a feed that does not hold this one itself',
    ]);
    const fixed = `  s: { kind: static, posts: ['at://did:plc:a/app.bsky.feed.post/b'], variants: { y: { share: 5 } } }\n`;
    expect(faultsOf('      calm: { share: 5 }\n', fixed)).toEqual([
      'f:9: feeds.s.variants: there is no such setting here',
    ]);
    const other = '  p: { kind: union, feeds: [a-x/calm] }\n';
    expect(faultsOf('      calm: { share: 5 }\n', other)).toEqual([
      'f:9: feeds.p.feeds.0: expected the name of a feed of this file',
    ]);
  });
});

describe('who gets a variant', () => {
  const did = fc.stringMatching(/^did:plc:[a-z2-7]{24}$/);
  const feed = feedOf('      calm: { share: 20 }\n      loud: { share: 30 }\n');

  test('is the same whenever it is asked, and does not depend on other feeds', () => {
    const again = feedOf('      calm: { gravity: 3, share: 20 }\n      loud: { share: 30 }\n');
    fc.assert(fc.property(did, (viewer) => variantFor(feed, viewer).alias === variantFor(again, viewer).alias));
  });

  test('are the shares of all viewers, within what chance allows', () => {
    const counts = new Map<string, number>();
    for (let nth = 0; nth < 10_000; nth++) {
      const { alias } = variantFor(feed, `did:plc:${nth}`);
      counts.set(alias, (counts.get(alias) ?? 0) + 1);
    }
    for (const [alias, share] of [
      ['a-x/calm', 2_000],
      ['a-x/loud', 3_000],
      ['a-x', 5_000],
    ] as const)
      expect(Math.abs((counts.get(alias) ?? 0) - share)).toBeLessThan(250); // five standard deviations
  });

  test('of one feed is no hint at which they get of another', () => {
    const other: Feed = { ...feed, alias: 'other' };
    const both = Array.from({ length: 10_000 }, (_, nth) => `did:web:${nth}`).filter(
      (viewer) =>
        variantFor(feed, viewer).variant?.name === 'calm' && variantFor(other, viewer).variant?.name === 'calm',
    );
    expect(Math.abs(both.length - 400)).toBeLessThan(100);
  });
});
