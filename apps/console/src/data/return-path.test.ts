import { expect, test } from 'vitest';
import { returnPath } from './return-path.ts';

test('after signing in nobody is led out of the console', () => {
  const from = (path: string | undefined) => returnPath(path, 'https://updraft.example');
  expect(from('/console/host/birds?x=1')).toBe('/console/host/birds?x=1');
  for (const path of [
    undefined,
    '',
    'https://evil.example/console/',
    '//evil.example/console/',
    '/\\evil.example/console/',
    '/console/../admin',
    'javascript:alert(1)//console/',
    '/consoles/',
    '/console/sign-in?returnTo=/console/sign-in',
    'https://%',
  ])
    expect(from(path)).toBe('/console/');
});
