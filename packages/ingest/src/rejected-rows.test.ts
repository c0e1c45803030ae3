import { parseFrame } from '@updraft/atproto';
import { MAX_EVENT_BYTES } from '@updraft/store';
import { describe, expect, test } from 'vitest';
import { rejectedFrameRow } from './rejected-rows.ts';

function rowOf(text: string) {
  const parsed = parseFrame(text);
  if (parsed.ok) throw new Error('this frame is a good one');
  return rejectedFrameRow(parsed, text);
}

describe('the row of a rejected frame', () => {
  test('has the same key whichever host sent it, at whatever time', () => {
    const [legacy, later, numbered, elsewhere] = [
      '{"did":"did:plc:a","time_us":1,"kind":"strange","x":1}',
      '{"did":"did:plc:a","time_us":17,"kind":"strange","x":1}',
      '{"did":"did:plc:a","time_us":17,"cursor":5,"kind":"strange","x":1}',
      '{"did":"did:plc:b","time_us":1,"kind":"strange","x":1}',
    ].map((text) => rowOf(text).eventHash);
    expect(legacy).toMatch(/^[0-9a-f]{32}$/);
    expect(later).toBe(legacy);
    expect(numbered).toBe(legacy);
    expect(elsewhere).not.toBe(legacy);
  });

  test('has the same key for an event that is nested too deep to be serialised', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const [here, there] = ['"time_us":1', '"time_us":2,"cursor":9'].map((place) =>
      rowOf(`{"did":"did:plc:a",${place},"kind":${deep}}`),
    );
    expect(here?.eventHash).toBe(there?.eventHash);
  });

  test('says what could be read of the event', () => {
    const row = rowOf('{"did":"did:plc:abc","time_us":1,"kind":"commit","commit":{"rev":"no","collection":"a.b.c"}}');
    expect(row).toMatchObject({ did: 'did:plc:abc', kind: 'commit', collection: 'a.b.c', reason: 'bad_rev' });
  });

  test('keeps a frame that is no JSON as its text', () => {
    expect(rowOf('\u0000nonsense {')).toMatchObject({ reason: 'not_json', event: '\u0000nonsense {', eventBytes: 11 });
  });

  test('keeps the beginning of a huge frame, and its length', () => {
    const row = rowOf(`"${'🦋'.repeat(MAX_EVENT_BYTES / 2)}"`);
    expect(row.eventBytes).toBe(MAX_EVENT_BYTES * 2 + 2);
    expect(Buffer.byteLength(row.event)).toBeLessThanOrEqual(MAX_EVENT_BYTES);
  });
});
