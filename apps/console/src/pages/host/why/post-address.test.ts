import { expect, test } from 'vitest';
import { readPostAddress } from './post-address.ts';

test.each([
  ['https://bsky.app/profile/Duck.example/post/3l3frqadlo32h', 'duck.example'],
  ['bsky.app/profile/did:plc:abc234/post/3l3frqadlo32h?ref=x#y', 'did:plc:abc234'],
  ['https://bsky.app/profile/did%3Aplc%3Aabc234/post/3l3frqadlo32h/', 'did:plc:abc234'],
  [' at://did:plc:abc234/app.bsky.feed.post/3l3frqadlo32h\u200B', 'did:plc:abc234'],
  ['at://duck.example/app.bsky.feed.post/3l3frqadlo32h', 'duck.example'],
])('the post of %s is found', (text, account) => {
  expect(readPostAddress(text)).toEqual({ account, rkey: '3l3frqadlo32h' });
});

test.each([
  'https://bsky.app/profile/duck.example',
  'https://example.com/profile/duck.example/post/3l3frqadlo32h',
  'at://did:plc:abc234/app.bsky.feed.like/3l3frqadlo32h',
  'javascript:alert(1)',
  'https://bsky.app/profile/%E0%A4%A/post/3l3frqadlo32h',
  '',
])('%j is no address of a post', (text) => {
  expect(readPostAddress(text)).toBeUndefined();
});
