import { expect, test } from 'vitest';
import { hostsOf } from './ingest.ts';
import { newestBuilds } from './services.ts';

test('of a feed the newest build counts, and how long it took where one instance says so', () => {
  const [old, plain, timed] = [
    { feed: 'hot', builtAt: 1, posts: 9, seconds: 9 },
    { feed: 'hot', builtAt: 2, posts: 3 },
    { feed: 'hot', builtAt: 2, posts: 3, seconds: 0.5 },
  ];
  const other = { feed: 'club', builtAt: 0, posts: 0 };
  for (const each of [
    [[old], [plain], [timed, other]],
    [[timed], [other, plain], [old]],
  ])
    expect(newestBuilds(each.map((builds) => ({ builds })))).toEqual([other, timed]);
});

const announced = (name: string, facts: Record<string, string | number>) => ({
  name,
  facts,
  instance: `${name}-1`,
  version: '',
  commit: '',
  startedAt: 0,
  seenAt: 0,
  builds: [],
});

test('hosts are those of the indexers: one that any of them reads is connected', () => {
  const hosts = 'wss://a.example,wss://b.example';
  const active = announced('indexer', { host: 'wss://b.example', hosts });
  const standby = announced('indexer', { hosts });
  const search = announced('search', { host: 'wss://c.example', hosts: 'wss://c.example' });
  for (const all of [
    [active, standby, search],
    [standby, search, active],
  ])
    expect(hostsOf(all, []).map(({ host, isConnected }) => [host, isConnected])).toEqual([
      ['wss://a.example', false],
      ['wss://b.example', true],
    ]);
});

test('without a running indexer the host that was read last is known', () => {
  const streams = [{ host: 'wss://a.example' }, { host: '' }, { host: 'wss://a.example' }];
  expect(hostsOf([], streams)).toEqual([{ host: 'wss://a.example', isConnected: false, detail: 'was read last' }]);
});
