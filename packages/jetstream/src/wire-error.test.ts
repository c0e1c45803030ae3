import { describe, expect, test } from 'vitest';
import { errorOf, errorOfBody, readRetryAfter } from './wire-error.ts';

describe('the answer of a host', () => {
  test.each([
    [400, '{"error":"CursorTooOld","message":"floor is 17"}', 'CursorTooOldError'],
    [400, '{"error":"UnknownZstdDictionary"}', 'UnknownZstdDictionaryError'],
    [400, '{"error":"InvalidRequest"}', 'InvalidRequestError'],
    [400, 'invalid cursor', 'InvalidRequestError'],
    [404, '{"error":"BlockNotFound"}', 'SegmentNotFoundError'],
    [404, '', 'SegmentNotFoundError'],
    [429, '', 'UnavailableError'],
    [500, '{"error":"InternalServerError"}', 'UnavailableError'],
    [503, 'starting up', 'UnavailableError'],
    [400, '{"error":["CursorTooOld"]}', 'InvalidRequestError'],
    [400, 'null', 'InvalidRequestError'],
  ])('%i %s is a %s', (status, body, name) => {
    expect(errorOfBody(status, body)).toMatchObject({ name });
  });

  test('repeats what the host says, and how long it asks to wait', () => {
    expect(errorOfBody(400, '{"error":"CursorTooOld","message":"floor is 17"}').message).toBe(
      'the Jetstream host answered HTTP 400 CursorTooOld: floor is 17',
    );
    expect(errorOfBody(503, 'starting up', 5_000)).toMatchObject({ status: 503, retryAfterMs: 5_000 });
    expect(errorOfBody(500, 'x'.repeat(100_000)).message.length).toBeLessThanOrEqual(500);
  });

  test.each([
    ['7', 7_000],
    ['0', 0],
    ['86400', 900_000],
    ['-3', 0],
    [new Date(Date.now() - 60_000).toUTCString(), 0],
    [new Date(Date.now() + 86_400_000).toUTCString(), 900_000],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('that asks to come back after %j is believed for a quarter of an hour at most', (value, ms) => {
    expect(readRetryAfter(value)).toBe(ms);
  });

  test('in the stream itself names its error', () => {
    const wire = { status: undefined, message: '' };
    expect(errorOf({ ...wire, error: 'ConsumerTooSlow' })).toMatchObject({ name: 'ConsumerTooSlowError' });
    expect(errorOf({ ...wire, error: 'InternalError' })).toMatchObject({ name: 'JetstreamError' });
  });
});
