import fc from 'fast-check';
import { expect, test } from 'vitest';
import { segmentsOf } from './segments.ts';

const link = (uri: unknown) => ({ $type: 'app.bsky.richtext.facet#link', uri });
const mention = (did: unknown) => ({ $type: 'app.bsky.richtext.facet#mention', did });
const tag = (text: unknown) => ({ $type: 'app.bsky.richtext.facet#tag', tag: text });
const facet = (byteStart: unknown, byteEnd: unknown, ...features: unknown[]) => ({
  index: { byteStart, byteEnd },
  features,
});

test('facets cut a text where its bytes say, and lead where their features say', () => {
  const text = 'Grüße 👍 see example.com #birds @bob';
  const at = (part: string) => {
    const start = Buffer.byteLength(text.slice(0, text.indexOf(part)));
    return [start, start + Buffer.byteLength(part)] as const;
  };
  const facets = [
    facet(...at('#birds'), tag('birds')),
    facet(...at('example.com'), link('https://example.com/a b')),
    facet(...at('@bob'), mention('did:plc:bob')),
  ];
  expect(segmentsOf(text, facets)).toEqual([
    { text: 'Grüße 👍 see ' },
    { text: 'example.com', link: 'https://example.com/a%20b' },
    { text: ' ' },
    { text: '#birds', tag: 'birds' },
    { text: ' ' },
    { text: '@bob', mention: 'did:plc:bob' },
  ]);
});

test('what is not http(s), overlaps, lies outside or cuts a character stays plain text', () => {
  const plain = (text: string, ...facets: unknown[]) => expect(segmentsOf(text, facets)).toEqual([{ text }]);
  plain('click', facet(0, 5, link('javascript:alert(1)')));
  plain('click', facet(0, 5, link(' JaVaScRiPt:alert(1)')));
  plain('click', facet(0, 5, link('data:text/html,x')), facet(0, 5, link('//example.com')));
  plain('click', facet(0, 5, link('https://bank.example@evil.example/')));
  plain('click', facet(0, 6, tag('x')), facet(-1, 2, tag('x')), facet(0.5, 2, tag('x')), facet(2, 2, tag('x')));
  plain('grün', facet(0, 3, tag('x')), facet(3, 5, tag('x')));
  plain('click', facet(0, 5, mention('bob'), tag(''), tag(7)), null, 7, { index: null }, facet('0', '5', tag('x')));
  expect(segmentsOf('abcdef', [facet(2, 5, tag('late')), facet(0, 3, tag('early'))])).toEqual([
    { text: 'abc', tag: 'early' },
    { text: 'def' },
  ]);
});

test('together the segments are the text, whatever its facets say, and links are http or https', () => {
  const place = fc.oneof(fc.integer({ min: -2, max: 60 }), fc.anything());
  const uri = fc.oneof(
    fc.webUrl(),
    fc.constantFrom('javascript:alert(1)', 'java\nscript:alert(1)', 'https:javascript:x', 'ftp://x', '\u0001https://x'),
    fc.anything(),
  );
  const feature = fc.oneof(uri.map(link), fc.anything().map(mention), fc.anything().map(tag), fc.anything());
  const facets = fc.oneof(
    fc.array(
      fc.oneof(
        fc.tuple(place, place, feature).map(([start, end, one]) => facet(start, end, one)),
        fc.anything(),
      ),
    ),
    fc.anything(),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), facets, (text, some) => {
      const segments = segmentsOf(text, some);
      expect(segments.map((segment) => segment.text).join('')).toBe(text.toWellFormed());
      for (const { link: address } of segments)
        if (address !== undefined) expect(['http:', 'https:']).toContain(new URL(address).protocol);
    }),
    { numRuns: 200 },
  );
});

test('a text that no app lets one write is cut between characters', () => {
  const [segment] = segmentsOf(`x${'👍'.repeat(100_000)}`, []);
  expect(segment?.text).toBe(`x${'👍'.repeat(4_999)}…`);
});
