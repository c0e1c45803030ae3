import { describe, expect, it } from 'vitest';
import { SetupStoreError } from '../errors.ts';
import { clickHouseUrl, isLoopback } from './address.ts';

describe('clickHouseUrl', () => {
  it.each([
    ['127.0.0.1:8123', 'http://127.0.0.1:8123/'],
    ['clickhouse:8200', 'http://clickhouse:8200/'],
    ['clickhouse', 'http://clickhouse:8123/'],
    ['[::1]:8123', 'http://[::1]:8123/'],
    ['http://db.example', 'http://db.example:8123/'],
    ['https://db.example', 'https://db.example:8443/'],
    ['http://db.example:80', 'http://db.example/'],
    ['https://db.example:8123/', 'https://db.example:8123/'],
  ])('%s is %s', (address, href) => {
    expect(clickHouseUrl(address).href).toBe(href);
  });

  it.each(['127.0.0.1:9000', 'http://ch:9000', 'ch:9440'])(
    '%s: the native protocol is refused with the port to use',
    (address) => {
      expect(() => clickHouseUrl(address)).toThrow(/native protocol; use 8123/);
    },
  );

  it.each(['', ':8123', 'tcp://ch:8123', 'ch:port', 'http://', 'a b'])('%j is no address', (address) => {
    expect(() => clickHouseUrl(address)).toThrow(SetupStoreError);
  });

  it('refuses credentials and does not repeat them', () => {
    expect(() => clickHouseUrl('http://user:secret@ch:8123')).toThrow(/credentials/);
    expect(() => clickHouseUrl('http://user:secret@ch:8123')).toThrow(/^(?!.*secret)/);
  });
});

it.each([
  ['127.0.0.1:1', true],
  ['127.8.8.8:1', true],
  ['localhost:1', true],
  ['[::1]:1', true],
  ['10.0.0.1:1', false],
  ['127.0.0.1.example:1', false],
])('isLoopback(%s) is %s', (address, expected) => {
  expect(isLoopback(clickHouseUrl(address))).toBe(expected);
});
