import type { LookupFunction } from 'node:net';
import { expect, test } from 'vitest';
import { ForbiddenAddressError } from './guarded-dispatcher.ts';
import { socketGuard } from './socket-guard.ts';

const closed = { allowPrivateAddresses: false };

test('a socket leads to https on its usual port and to public addresses only', () => {
  expect(socketGuard(new URL('https://labels.example/xrpc?cursor=1'), closed).url).toBe(
    'wss://labels.example/xrpc?cursor=1',
  );
  const refused = [
    'http://a.example',
    'https://a.example:8443',
    'https://127.0.0.1',
    'https://[::1]',
    'https://2130706433',
  ];
  for (const address of refused) expect(() => socketGuard(new URL(address), closed)).toThrow(ForbiddenAddressError);
  expect(socketGuard(new URL('http://127.0.0.1:80'), { allowPrivateAddresses: true })).toEqual({
    url: 'ws://127.0.0.1/',
    options: {},
  });
});

test('a name of which one address is private is refused after DNS', async () => {
  const names: Record<string, string[]> = {
    'good.example': ['93.184.216.34'],
    'bad.example': ['93.184.216.34', '10.0.0.1'],
  };
  const dns: LookupFunction = (hostname, _options, callback) =>
    callback(
      null,
      (names[hostname] ?? []).map((address) => ({ address, family: 4 })),
    );
  const { options } = socketGuard(new URL('https://good.example'), { ...closed, lookup: dns });
  const ask = (hostname: string) =>
    new Promise((resolve) => options.lookup?.(hostname, { all: true }, (error) => resolve(error)));
  expect(await ask('good.example')).toBeNull();
  expect(await ask('bad.example')).toBeInstanceOf(ForbiddenAddressError);
});
