import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { parseRssFeed } from 'feedsmith';
import { expect, test } from 'vitest';
import type { DocumentItem } from './feed-document.ts';
import { renderRss } from './rss.ts';

const item = (text: string): DocumentItem => ({
  id: 'at://did:plc:a/app.bsky.feed.post/3k',
  url: 'https://bsky.app/profile/did%3Aplc%3Aa/post/3k',
  title: text,
  text,
  atMs: Date.UTC(2026, 6, 4, 14),
  handle: 'mia.example',
  authorUrl: 'https://bsky.app/profile/did%3Aplc%3Aa',
});
const render = (text: string) =>
  renderRss(
    { title: text, description: text, pageUrl: 'https://bsky.app/x?a=1&b=2', items: [item(text)] },
    'https://feeds.example/feeds/x.rss',
  );
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ']]>',
        '<![CDATA[',
        '<!--',
        '&amp;',
        '&#0;',
        '</item>',
        '\u0000',
        '\u001B',
        '\uFFFE',
        '\uD800',
        '\u202E',
        '👩‍👩‍👧',
        '\r\n',
        '"',
        "'",
      ),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''));
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
// oxlint-disable-next-line no-control-regex -- these are what XML forbids
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
/** What XML can hold of a text. */
const written = (text: string) => text.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll(FORBIDDEN, '');

test('any text makes an RSS feed that is well-formed XML, and says that text', () => {
  const parser = new XMLParser({ trimValues: false, parseTagValue: false, htmlEntities: true });
  fc.assert(
    fc.property(hostile, (text) => {
      const rss = render(text);
      expect(XMLValidator.validate(rss)).toBe(true);
      expect(rss).toBe(written(rss));
      const { title } = parser.parse(rss).rss.channel.item as { title: string };
      expect(title).toBe(written(text));
    }),
  );
});

test('a feed parser reads the post, its author, time and address', () => {
  const { title, items = [], atom } = parseRssFeed(render('1 < 2 &amp; "3"\n]]> 👩‍👩‍👧'));
  expect(title).toBe('1 < 2 &amp; "3"\n]]> 👩‍👩‍👧');
  expect(atom?.links).toEqual([
    { href: 'https://feeds.example/feeds/x.rss', rel: 'self', type: 'application/rss+xml' },
  ]);
  expect(items).toMatchObject([
    {
      description: '<p dir="auto">1 &lt; 2 &amp;amp; &quot;3&quot;<br>]]&gt; 👩‍👩‍👧</p>',
      link: 'https://bsky.app/profile/did%3Aplc%3Aa/post/3k',
      guid: { value: 'at://did:plc:a/app.bsky.feed.post/3k', isPermaLink: false },
      pubDate: 'Sat, 04 Jul 2026 14:00:00 GMT',
      dc: { creators: ['@mia.example'] },
    },
  ]);
});
