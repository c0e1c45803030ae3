import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COLLECTIONS, imported, post, recordOfCollection, rev, rkey } from './hostile-records.fixture.ts';
import { type PostColumns, postJson, postRest } from './post-form.ts';
import { recordJsonOf, rkeyOf } from './read-back.fixture.ts';
import { recordForm } from './record-form.ts';
import { recordJson } from './record-json.ts';
import { recordKey, relativeVersion, rkeyMs } from './record-key.ts';
import { sortAtMs } from './record-time.ts';
import { readFollow, readLike, readPost } from './records.ts';
import type { Tid } from './tid.ts';
import { commitVersion, type Version, versionToBigInt } from './version.ts';

const NOW_MS = Date.UTC(2026, 6, 4, 12);
const URI = 'at://did:plc:r2zybk6op3ymzpz6jhqpkoy5/app.bsky.feed.post/3mpsjbtci2c2o';
const LIKE = 'app.bsky.feed.like';
const REV: Tid = { micros: NOW_MS * 1000 + 7, clockId: 5 };

/** sort_at as the view derives it. */
function derivedSortAt(keyMs: number, createdDelta: number, version: Version): number {
  const whole = versionToBigInt(version);
  const times = [keyMs + createdDelta, ...(keyMs > 0 ? [keyMs] : [])];
  if (whole >= 3_414_550_118_400_000_000n) times.push(Number((whole >> 11n) / 1000n));
  return Math.min(...times);
}

describe('the form of a record', () => {
  test.each([
    ['nothing of a like that its columns tell', { subject: { cid: 'bafy', uri: URI } }, ''],
    [
      'what stands behind the subject',
      { subject: { uri: URI }, via: { uri: URI, cid: 'bafy' } },
      `,"via":{"uri":"${URI}"}`,
    ],
    ['all of a like with a subject of more than a uri', { subject: { uri: URI, x: 1 } }, undefined],
  ])('keeps %s', (_, members, rest) => {
    const record = { $type: LIKE, createdAt: '2026-07-04T11:59:59.123Z', ...members };
    const form = recordForm({ collection: LIKE, record, rev: REV, keyMs: NOW_MS, version: commitVersion(REV, false) });
    expect(form).toEqual({ subject: URI, createdDelta: -877, jsonRest: rest ?? recordJson(record) });
  });

  test('gives the JSON and the time of any record back, and its key', () => {
    fc.assert(
      fc.property(recordOfCollection, rev, rkey, imported, ([collection, record], at, key, importedAs) => {
        const { rkeyTid, rkeyText } = recordKey(key);
        expect(rkeyOf({ rkeyTid, rkeyText })).toBe(key);
        const keyMs = rkeyMs(rkeyTid);
        const version = importedAs ?? commitVersion(at, false);
        const form = recordForm({ collection, record, rev: at, keyMs, version });
        if (form === undefined) throw new Error('no record here is too deep');
        expect(recordJsonOf({ collection, ...form }, keyMs)).toBe(recordJson(record));
        const read = collection.startsWith('app.bsky.graph.') ? readFollow(record) : readLike(record);
        const usable = collection === 'a.b.c' ? undefined : read;
        expect(form.subject !== '').toBe(usable !== undefined);
        if (usable !== undefined)
          expect(derivedSortAt(keyMs, form.createdDelta, version)).toBe(sortAtMs(at, key, usable.createdAtMs));
      }),
      { numRuns: 20_000 },
    );
  });

  test('is none where the record is nested too deep', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(600)}${']'.repeat(600)}`);
    for (const collection of COLLECTIONS)
      for (const record of [deep, { subject: collection.includes('graph') ? 'did:plc:a' : { uri: URI }, deep }])
        expect(
          recordForm({ collection, record, rev: REV, keyMs: 0, version: commitVersion(REV, false) }),
        ).toBeUndefined();
  });
});

describe('the form of a post', () => {
  test('keeps nothing of a common post but what its columns do not tell', () => {
    const createdAt = new Date(NOW_MS).toISOString();
    const reply = { parent: { cid: 'b', uri: URI }, root: { cid: 'b', uri: URI } };
    const record = { $type: 'app.bsky.feed.post', createdAt, langs: ['en', 'de'], reply, text: 'one "two"\nthree' };
    expect(restOf(record, NOW_MS)).toBe('{\u0001,\u0002,\u0003,\u0004}');
  });

  test('gives the JSON of any post back', () => {
    fc.assert(
      fc.property(post, rev, rkey, (record, at, key) => {
        const sortAt = sortAtMs(at, key, readPost(record).createdAtMs);
        expect(postJson(restOf(record, sortAt), { ...readPost(record), sortAt })).toBe(recordJson(record));
      }),
      { numRuns: 20_000 },
    );
  });

  function restOf(record: unknown, sortAt: number): string {
    const columns: PostColumns = { ...readPost(record), sortAt };
    return postRest(recordJson(record) ?? '', columns);
  }
});

test('the rows of one key are in the order of their versions, whatever the key and the revs', () => {
  fc.assert(
    fc.property(rkey, rev, rev, fc.boolean(), (key, a, b, isDelete) => {
      const { rkeyTid } = recordKey(key);
      const [first, second] = [commitVersion(a, isDelete), commitVersion(b, false)];
      const [left, right] = [first, second].map((version) => versionToBigInt(relativeVersion(version, rkeyTid)));
      expect((left ?? 0n) < (right ?? 0n)).toBe(versionToBigInt(first) < versionToBigInt(second));
    }),
  );
});
