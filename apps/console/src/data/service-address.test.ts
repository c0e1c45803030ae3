import type { ConsoleConfig } from '@updraft/console-api/views';
import { expect, test } from 'vitest';
import { apiUrl, pageUrl } from './service-address.ts';

const FEEDS = 'https://feeds.example';
const SEARCH = 'https://search.example';
const common = { pagesOff: [], isCleanupOn: true, version: '' };
const search: ConsoleConfig = { ...common, service: 'search', origins: { search: SEARCH, feedgen: FEEDS } };

test('a page of the other service is at its origin, and so is what it answers', () => {
  expect(pageUrl(search, 'feedgen', '/console/host', SEARCH)).toBe(`${FEEDS}/console/host`);
  expect(apiUrl(search, 'feedgen', '/api/feeds', SEARCH)).toBe(`${FEEDS}/api/feeds`);
  expect(pageUrl(search, 'search', '/console/operator', SEARCH)).toBe('/console/operator');
});

test('where a proxy has both services at one host, the pages of both are here', () => {
  const one: ConsoleConfig = { ...search, origins: { search: SEARCH, feedgen: SEARCH } };
  expect(pageUrl(one, 'feedgen', '/console/host', SEARCH)).toBe('/console/host');
  expect(apiUrl(one, 'feedgen', '/api/feeds', SEARCH)).toBe('/api/feeds');
});

test('a service whose origin is not known has no pages', () => {
  const alone: ConsoleConfig = { ...search, origins: {} };
  expect(pageUrl(alone, 'feedgen', '/console/host', SEARCH)).toBeUndefined();
  expect(pageUrl(alone, undefined, '/console/', SEARCH)).toBe('/console/');
});
