import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordJson } from './record-json.ts';

const REF = { uri: 'at://did:plc:a/app.bsky.feed.post/1', cid: 'bafyrei' };
const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

// JSON values dense with what matters here: refs, near-refs, and keys that JavaScript treats specially.
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 6 },
    fc.jsonValue({ maxDepth: 1 }),
    fc.dictionary(
      fc.constantFrom('uri', 'cid', 'subject', '__proto__', 'constructor', 'toJSON', '$link', '0'),
      fc.oneof(fc.constantFrom('at://did:plc:a', 'https://a', 'bafyrei', 1, null), tie('json')),
    ),
    fc.array(tie('json'), { maxLength: 4 }),
  ),
}));

describe('the stored JSON of a record', () => {
  test('has no cid in a StrongRef, wherever it stands', () => {
    expect(recordJson({ $type: 'x', subject: REF, list: [{ deep: [REF] }], ...REF })).toBe(
      JSON.stringify({ $type: 'x', list: [{ deep: [{ uri: REF.uri }] }], subject: { uri: REF.uri }, uri: REF.uri }),
    );
  });

  test('keeps every other cid, and the $link of blobs', () => {
    const record = {
      alone: { cid: 'bafyrei' },
      image: { $type: 'blob', mimeType: 'image/jpeg', ref: { $link: 'bafkrei' }, size: 1 },
      odd: { cid: 1, uri: REF.uri },
      web: { cid: 'bafyrei', uri: 'https://example.com' },
    };
    expect(recordJson(record)).toBe(JSON.stringify(record));
  });

  test('is the same whatever order the keys came in', () => {
    const live = {
      $type: 'x',
      createdAt: 'now',
      image: { $type: 'blob', ref: 1, mimeType: 'a', size: 2 },
      subject: REF,
    };
    const archived = {
      $type: 'x',
      image: { ref: 1, size: 2, $type: 'blob', mimeType: 'a' },
      subject: REF,
      createdAt: 'now',
    };
    expect(recordJson(archived)).toBe(recordJson(live));
  });

  test('equals JSON.stringify with a replacer that sorts, for any JSON', () => {
    fc.assert(
      fc.property(json, (value) => {
        const record: unknown = JSON.parse(JSON.stringify(value));
        expect(recordJson(record)).toBe(JSON.stringify(record, stored));
      }),
      { numRuns: 2000 },
    );
  });

  test('is made without changing the record', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        const record: unknown = JSON.parse(text);
        recordJson(record);
        expect(JSON.stringify(record)).toBe(text);
      }),
    );
  });

  test('is made of a frozen record too', () => {
    expect(recordJson(Object.freeze({ subject: Object.freeze({ ...REF }) }))).toBe(`{"subject":{"uri":"${REF.uri}"}}`);
  });

  test('keeps a key named __proto__ an ordinary one', () => {
    const text = `{"__proto__":{"uri":"${REF.uri}","cid":"bafyrei"},"a":1}`;
    expect(recordJson(JSON.parse(text))).toBe(`{"__proto__":{"uri":"${REF.uri}"},"a":1}`);
  });

  test('escapes lone surrogates and NUL', () => {
    expect(recordJson({ text: 'a\ud800b\u0000' })).toBe(String.raw`{"text":"a\ud800b\u0000"}`);
  });

  test('is any JSON shape, and undefined when there is none', () => {
    expect(recordJson(null)).toBe('null');
    expect(recordJson('text')).toBe('"text"');
    expect(recordJson([1e300, -0, true])).toBe('[1e+300,0,true]');
    expect(recordJson(undefined)).toBeUndefined();
  });

  test('ends at 512 levels', () => {
    expect(recordJson(nested(512))).toBe('['.repeat(512) + ']'.repeat(512));
    expect(recordJson(nested(513))).toBeUndefined();
    expect(recordJson(nested(100_000))).toBeUndefined();
    expect(recordJson(JSON.parse('{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)))).toBeUndefined();
  });
});

function stored(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { cid, uri }: { cid?: unknown; uri?: unknown } = value;
  const isRef = typeof cid === 'string' && typeof uri === 'string' && uri.startsWith('at://');
  const entries = Object.entries(value).filter(([key]) => key !== 'cid' || !isRef);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
