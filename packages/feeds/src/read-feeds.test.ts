import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { feedByName } from './feed.ts';
import { FeedsFileError, parseFeedsFile, readFeedsFile } from './read-feeds.ts';

const POST = 'at://did:plc:a/app.bsky.feed.post/3l3frqadlo32h';
const SHIPPED = join(import.meta.dirname, '../../../config/feeds.yaml');

function faultsOf(text: string): readonly string[] {
  try {
    parseFeedsFile(text, 'feeds.yaml');
  } catch (error) {
    if (error instanceof FeedsFileError) return error.faults;
    throw error;
  }
  return [];
}

describe('the feeds that are shipped', () => {
  test("are all of the original's, as it had them", async () => {
    const { feeds } = await readFeedsFile(SHIPPED);
    expect(feeds.size).toBe(17);
    expect(feeds.get('whats-hot')).toMatchObject({
      kind: 'hot',
      window: 86_400_000,
      minimumAge: 300_000,
      minimumLikes: 15,
      gravity: 1.8,
      replies: false,
      size: 3_000,
      refresh: 60_000,
    });
    expect(feeds.get('top-1h')).toMatchObject({ kind: 'top', window: 3_600_000, minimumLikes: 11, refresh: 60_000 });
    expect(feeds.get('top-24h')).toMatchObject({ kind: 'top', window: 86_400_000, minimumLikes: 11, refresh: 600_000 });
    expect(feeds.get('a-mpls')).toMatchObject({ audience: 'members', label: 'mpls', outsiders: { length: 3 } });
    expect(feeds.get('cl-tqsp')).toMatchObject({ audience: 'signed-in', label: 'tqsp' });
    expect([...feeds.values()].filter(({ kind }) => kind === 'static')).toHaveLength(12);
  });

  test('are found by their names with and without prefix', async () => {
    const { feeds } = await readFeedsFile(SHIPPED);
    for (const name of ['a-mpls', 'mpls']) expect(feedByName(feeds, name)?.alias).toBe('a-mpls');
    expect(feedByName(feeds, 'tqsp')?.alias).toBe('cl-tqsp');
    expect(feedByName(feeds, 'nope')).toBeUndefined();
  });
});

describe('a faulty file names the line and what was expected', () => {
  test.each([
    ['feeds:\n  a:\n    kind: hot\n', ['feeds.yaml:2: feeds.a.minimumLikes: missing, expected number']],
    [
      'feeds:\n  a:\n    kind: hut\n',
      [
        'feeds.yaml:3: feeds.a.kind: expected kind: hot, top, search, author-label, list, union, following, for-you or static',
      ],
    ],
    [
      'feeds:\n  x y: { kind: top, minimumLikes: 1 }',
      ['feeds.yaml:2: feeds.x y: expected a record key: letters, digits and .-_:~'],
    ],
    ['feeds:\n  a: [', [expect.stringMatching(/^feeds.yaml:\d: /)]],
    ['feeds:\n  a: 1\n  a: 2', ['feeds.yaml:3: Map keys must be unique']],
    ['', [expect.stringMatching(/^feeds.yaml:1: .*expected object/)]],
    [
      'feeds:\n  a:\n    kind: static\n    posts:\n      - at://foo\n',
      [expect.stringMatching(/^feeds.yaml:5: feeds.a.posts.0: expected the at-uri of a post.* got "at:\/\/foo"$/)],
    ],
    [
      'feeds:\n  a: { kind: top, minimumLikes: 1, audience: members }',
      ['feeds.yaml:2: feeds.a.audience: expected members: LABEL beside audience: members'],
    ],
    [
      'feeds:\n  a-x: { kind: author-label, label: x }\n  cl-x: { kind: author-label, label: y }',
      ['feeds.yaml:3: feeds.cl-x: expected a name that differs from a-x in more than its prefix'],
    ],
    [
      'feeds:\n  a:\n    kind: top\n    minimumLikes: 1\n    window: 1h\n    minimumAge: 2h',
      ['feeds.yaml:6: feeds.a.minimumAge: expected less than window'],
    ],
    [
      'feeds:\n  a-x:\n    kind: author-label\n    label: x\n    membersFrom:\n      - { from: list, uri: x }\n      - { from: moon }',
      [
        'feeds.yaml:6: feeds.a-x.membersFrom.0.uri: expected the at-uri of a list or a starter pack, at://did:…/app.bsky.graph.list/…, got "x"',
        'feeds.yaml:7: feeds.a-x.membersFrom.1.from: expected from: list, followers, hashtag or request',
      ],
    ],
    [
      'feeds:\n  a:\n    kind: top\n    minimumLikes: 1\n    membersFrom: [{ from: request }]',
      ['feeds.yaml:5: feeds.a.membersFrom: expected members: LABEL beside membersFrom'],
    ],
    [
      'feeds:\n  a-x:\n    kind: author-label\n    label: x\n    membersFrom: [{ from: request }]\n  b:\n    kind: author-label\n    label: x\n    membersFrom: [{ from: request }]',
      ['feeds.yaml:9: feeds.b.membersFrom: expected membersFrom at one feed only with the label x, which a-x has too'],
    ],
    [
      "feeds:\n  a:\n    kind: search\n    query: 'a \"b'\n",
      ['feeds.yaml:4: feeds.a.query: at character 3: this quote is not closed, got "a \\"b"'],
    ],
    [
      'feeds:\n  a:\n    kind: search\n    query: -b since:2026-07-04\n',
      [expect.stringMatching(/^feeds.yaml:4: feeds.a.query: this would read every post: /)],
    ],
    [
      'feeds:\n  a:\n    kind: search\n    query: lang:en has:media\n    pattern: b\n',
      [expect.stringMatching(/^feeds.yaml:5: feeds.a.pattern: this would read every post: /)],
    ],
    [
      "feeds:\n  a:\n    kind: search\n    query: b\n    pattern: '(?=b)'\n",
      [expect.stringMatching(/^feeds.yaml:5: feeds.a.pattern: expected a regular expression of RE2: /)],
    ],
    [
      'feeds:\n  a:\n    kind: search\n    query: mentions:me\n',
      [expect.stringMatching(/^feeds.yaml:4: feeds.a.query: 'me' /)],
    ],
    [
      'feeds:\n  a:\n    kind: search\n    query: b\n    order: top\n',
      ['feeds.yaml:5: feeds.a.order: expected order: newest or hot'],
    ],
    [
      'feeds:\n  a:\n    kind: search\n    query: b\n    gravity: 2\n',
      ['feeds.yaml:5: feeds.a.gravity: there is no such setting here'],
    ],
    [
      'feeds:\n  a:\n    kind: list\n    list: at://did:plc:a/app.bsky.feed.post/b\n',
      [expect.stringMatching(/^feeds.yaml:4: feeds.a.list: expected the at-uri of a list or a starter pack/)],
    ],
    [
      'feeds:\n  a:\n    kind: union\n    feeds:\n      - b\n      - nope\n  b: { kind: union, feeds: [c] }\n  c: { kind: union, feeds: [b] }',
      [
        'feeds.yaml:6: feeds.a.feeds.1: expected the name of a feed of this file',
        'feeds.yaml:7: feeds.b.feeds.0: expected a feed that does not hold this one itself',
        'feeds.yaml:8: feeds.c.feeds.0: expected a feed that does not hold this one itself',
      ],
    ],
    [
      `feeds:\n  a:\n    kind: list\n    list: at://did:plc:a/app.bsky.graph.list/b\n    pinned:\n      - post: ${POST}\n        hours: 9-17\n        timeZone: Berlin\n`,
      [
        'feeds.yaml:7: feeds.a.pinned.0.hours: expected hours such as \'09:00-17:30\', got "9-17"',
        "feeds.yaml:8: feeds.a.pinned.0.timeZone: expected a time zone such as 'UTC' or 'Europe/Berlin', got \"Berlin\"",
      ],
    ],
    [
      `feeds:\n  a:\n    kind: list\n    list: at://did:plc:a/app.bsky.graph.list/b\n    pinned:\n      - post: ${POST}\n        from: 2026-07-04T12:00:00Z\n        until: 2026-07-04T12:00:00Z\n`,
      ['feeds.yaml:8: feeds.a.pinned.0.until: expected a time after from'],
    ],
    [
      'feeds:\n  a:\n    kind: following\n    fallback: nope\n  b:\n    kind: for-you\n    fallback: a',
      [
        'feeds.yaml:4: feeds.a.fallback: expected the name of a feed of this file',
        'feeds.yaml:7: feeds.b.fallback: expected a feed that all readers share',
      ],
    ],
    [
      'feeds:\n  a:\n    kind: top\n    minimumLikes: 1\n    labels:\n      exclude: [porn, !hide]\n',
      ['feeds.yaml:6: Unresolved tag: !hide: what begins with ! needs quotes'],
    ],
    ['feeds:\n  a:\n    kind: static\n    posts: *moved\n', ['feeds.yaml:4: there is no &moved above this *moved']],
    [
      'feeds:\n  a:\n    kind: search\n    query: #ducks\n',
      ['feeds.yaml:4: feeds.a.query: expected string, got nothing: what begins with # needs quotes'],
    ],
    [
      `feeds:\n  a:\n    kind: search\n    query: '${'cat '.repeat(300)}'\n`,
      [expect.stringMatching(/^feeds.yaml:4: feeds.a.query: .{100,250}…$/)],
    ],
    [
      'feeds:\n  a:\n    kind: top\n    minimumLikes: 0\n    window: 30d\n',
      [
        'feeds.yaml:5: feeds.a.window: expected a duration from 1m to 14d (336h), got "30d"',
        'feeds.yaml:4: feeds.a.minimumLikes: expected number to be >=1, got 0',
      ],
    ],
    [
      `feeds:\n  a:\n    kind: list\n    list: at://did:plc:a/app.bsky.graph.list/b\n    pinned:\n      - { post: '${POST}', from: 2026-07-04 }\n      - { from: 2026-07-04T12:00:00Z }\n      - https://bsky.app/x\n`,
      [
        'feeds.yaml:6: feeds.a.pinned.0.from: expected a time with its zone, such as \'2026-07-04T12:00:00Z\', got "2026-07-04"',
        'feeds.yaml:7: feeds.a.pinned.1.post: missing, expected string',
        expect.stringMatching(/^feeds.yaml:8: feeds.a.pinned.2.post: expected the at-uri of a post/),
      ],
    ],
  ])('%j', (text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  test('a union has no reader whom a part of it does not have', () => {
    const audiences = ['everyone', 'signed-in', 'members, members: x', 'members, members: y'];
    const refused = audiences.map((union) =>
      audiences.filter((part) => {
        const b = `{ kind: list, list: 'at://did:plc:a/app.bsky.graph.list/b', audience: ${part} }`;
        return faultsOf(`feeds:\n  a: { kind: union, feeds: [b], audience: ${union} }\n  b: ${b}`).length > 0;
      }),
    );
    expect(refused).toEqual([audiences.slice(1), audiences.slice(2), audiences.slice(3), audiences.slice(2, 3)]);
    const text =
      'feeds:\n  a:\n    kind: union\n    feeds: [b]\n  b: { kind: author-label, label: x, audience: members }';
    expect(faultsOf(text)).toEqual([
      'feeds.yaml:4: feeds.a.feeds.0: expected a feed for everyone, since the union is: this one is for the members of x only',
    ]);
  });

  test('a personal feed has no reader whom its fallback does not have, which may be a static feed', () => {
    const audiences = ['everyone', 'signed-in', 'members, members: x', 'members, members: y'];
    const refused = audiences.map((personal) =>
      audiences.filter((fallback) => {
        const b = `{ kind: static, posts: ['${POST}'], audience: ${fallback} }`;
        const text = `feeds:\n  a: { kind: following, fallback: b, audience: ${personal} }\n  b: ${b}`;
        return faultsOf(text).length > 0;
      }),
    );
    expect(refused).toEqual([audiences.slice(1), audiences.slice(2), audiences.slice(3), audiences.slice(2, 3)]);
  });

  test('all faults come together', () => {
    const text =
      'feeds:\n  a:\n    kind: hot\n    minimumLikes: three\n    gravty: 2\n    window: 9\n    languages: [en, english]\n';
    expect(faultsOf(text).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'feeds.yaml:4: feeds.a.minimumLikes: expected number, got "three"',
      'feeds.yaml:5: feeds.a.gravty: there is no such setting here',
      'feeds.yaml:6: feeds.a.window: expected string, got 9',
      "feeds.yaml:7: feeds.a.languages.1: expected a language code such as 'en' or 'ja', got \"english\"",
    ]);
  });

  test('aliases that would eat the memory are refused', () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefgh'].map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[n]}`).join(', ')}]`).join('\n')}\nfeeds: {}\n`;
    expect(faultsOf(bomb)).toHaveLength(1);
  });
});
