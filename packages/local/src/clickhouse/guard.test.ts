import { describe, expect, test } from 'vitest';
import { browserRefusal } from './guard.ts';

const host = '127.0.0.1:8123';

describe('browserRefusal', () => {
  test.each(['127.0.0.1', '127.0.0.1:8123', '127.1.2.3:1', 'localhost', 'LOCALHOST:8123', '[::1]:8123'])(
    'lets a tool in that names %s',
    (name) => {
      expect(browserRefusal({ host: name })).toBeUndefined();
    },
  );

  test.each([
    undefined,
    '',
    'example.com',
    '127.0.0.1.example.com',
    'localhost.example.com:8123',
    '10.0.0.1',
    '[::2]',
    'a@localhost',
  ])('refuses the host %s', (name) => {
    expect(browserRefusal(name === undefined ? {} : { host: name })).toMatch(/Host/);
  });

  test('refuses every origin, null too', () => {
    for (const origin of ['http://127.0.0.1:8123', 'https://example.com', 'null', '']) {
      expect(browserRefusal({ host, origin })).toMatch(/Origin/);
    }
  });

  test('refuses what a browser sends on behalf of another site', () => {
    for (const site of ['cross-site', 'same-site', 'anything']) {
      expect(browserRefusal({ host, 'sec-fetch-site': site })).toMatch(/Sec-Fetch-Site/);
    }
    expect(browserRefusal({ host, 'sec-fetch-site': 'none' })).toBeUndefined();
    expect(browserRefusal({ host, 'sec-fetch-site': 'same-origin' })).toBeUndefined();
  });
});
