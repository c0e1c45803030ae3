import { expect, test } from 'vitest';
import { readFeedsConfig } from './config.ts';

const serviceAt = (endpoint: string) => readFeedsConfig({ SERVICE_ENDPOINT: endpoint }).service;

test('the service is the did:web of its endpoint, and the publisher may be another account', () => {
  expect(serviceAt('https://feeds.example/')).toEqual({
    endpoint: 'https://feeds.example',
    did: 'did:web:feeds.example',
    actorDid: 'did:web:feeds.example',
  });
  expect(readFeedsConfig({ FEED_ACTOR_DID: 'did:plc:abc' }).service.actorDid).toBe('did:plc:abc');
});

test('the feeds file that is shipped has a path that people can read', () => {
  expect(readFeedsConfig({}).feedsFile).toMatch(/\/config\/feeds\.yaml$/);
  expect(readFeedsConfig({}).feedsFile).not.toContain('..');
  expect(readFeedsConfig({ FEEDS_FILE: 'mine.yaml' }).feedsFile).toBe('mine.yaml');
});

test('the did:web of a service keeps its port on this machine only', () => {
  expect(serviceAt('https://feeds.example:8443').did).toBe('did:web:feeds.example');
  expect(serviceAt('http://[::1]:8094').did).toBe('did:web:localhost%3A8094');
});
