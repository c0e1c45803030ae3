import { describe, expect, test } from 'vitest';
import { parseFeedsFile } from '../read-feeds.ts';
import { describeChange, layOver, parseSavedSettings, readChange } from './saved-settings.ts';

const FILE = parseFeedsFile(
  `feeds:
  best: { kind: top, minimumLikes: 5, perAuthor: 2, variants: { calm: { window: 6h, share: 5 } } }
  found: { kind: search, query: duck, labels: { exclude: [porn] } }
  both: { kind: union, feeds: [best, found] }
  fixed: { kind: static, posts: ['at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3l3frqadlo32h'] }
`,
  'feeds.yaml',
);
const lay = (saved: Record<string, string>) =>
  layOver(FILE, new Map(Object.entries(saved).map(([feed, text]) => [feed, parseSavedSettings(text)])));

describe('saved settings', () => {
  test('lie over those of the file, and over those that its variants have from it', () => {
    const { feeds, faults } = lay({ best: '{"minimumLikes":9,"perAuthor":null}', both: '{"order":"interleaved"}' });
    expect(faults.size).toBe(0);
    const best = feeds.get('best');
    expect(best).toMatchObject({ minimumLikes: 9 });
    expect(best).not.toHaveProperty('perAuthor');
    expect(best?.variantFeeds).toMatchObject([{ minimumLikes: 9, window: 21_600_000 }]);
    expect(feeds.get('both')).toMatchObject({ order: 'interleaved' });
    expect([...feeds.keys()]).toEqual([...FILE.feeds.keys()]);
  });

  test('that do not fit are set aside, all of their feed, and the others count', () => {
    const { feeds, faults } = lay({
      best: '{"minimumLikes":9,"window":"99 years"}',
      found: '{"labels":{"exclude":[]}}',
      fixed: '{"window":"1h"}',
      both: '{"window":"1h"}',
      gone: '{"window":"1h"}',
    });
    expect(Object.fromEntries(faults)).toEqual({
      best: expect.stringMatching(/^window: /),
      found: 'labels: hosts can not change this of a feed of kind search',
      fixed: 'window: hosts can not change this of a feed of kind static',
    });
    for (const name of ['best', 'found', 'fixed']) expect(feeds.get(name)).toEqual(FILE.feeds.get(name));
    expect(feeds.get('both')).toMatchObject({ window: 3_600_000 });
  });

  // Were the file checked for each of them, this would take minutes.
  test('of many feeds take no longer than to read the file', () => {
    const names = Array.from({ length: 3_000 }, (_, index) => `feed${index}`);
    const file = parseFeedsFile(
      `feeds:\n${names.map((name) => `  ${name}: { kind: top, minimumLikes: 5 }\n`).join('')}`,
      'x',
    );
    const settings = { minimumLikes: 9 };
    const { feeds, faults } = layOver(file, new Map(names.map((name) => [name, settings])));
    expect([feeds.size, faults.size]).toEqual([names.length, 0]);
    for (const feed of feeds.values()) expect(feed).toMatchObject(settings);
  });

  test('that are no JSON, or of another form, are set aside and break nothing', () => {
    for (const text of ['', '{', '[]', 'null', '"x"', '{"window":{"a":1}}', '{"__proto__":{"window":"1h"}}'])
      expect([text, lay({ best: text }).feeds.get('best')]).toEqual([text, FILE.feeds.get('best')]);
  });

  test('are what another entry changes, each with the file’s value and the new one', () => {
    const best = FILE.feeds.get('best');
    if (best === undefined) throw new Error('the file lacks it');
    const entry = 'kind: top\nminimumLikes: 5\nlanguages: [en]\nvariants: { calm: { window: 6h, share: 5 } }\n';
    const settings = readChange(FILE, best, entry);
    expect(settings).toEqual({ perAuthor: null, languages: ['en'] });
    expect(describeChange(FILE, 'best', {}, settings)).toBe('perAuthor: 2 → (not set); languages: (not set) → ["en"]');
  });
});
