import { expect, test } from 'vitest';
import { hideSubject, readHideSubject } from './hide-subject.ts';

const DID = 'did:plc:r2zybk6op3ymzpz6jhqpkoy5';

test.each([
  [DID, { account: { did: DID }, rkey: undefined }],
  ['@Alice.Example', { account: { handle: 'alice.example' }, rkey: undefined }],
  [`at://${DID}`, { account: { did: DID }, rkey: undefined }],
  [`at://${DID}/app.bsky.feed.post/3l3frqadlo32h`, { account: { did: DID }, rkey: '3l3frqadlo32h' }],
  ['https://bsky.app/profile/alice.example', { account: { handle: 'alice.example' }, rkey: undefined }],
  [
    'https://bsky.app/profile/alice.example/post/3l3frqadlo32h?x=1',
    { account: { handle: 'alice.example' }, rkey: '3l3frqadlo32h' },
  ],
  [`AT://${DID}/app.bsky.feed.post/3l3f`, { account: { did: DID }, rkey: '3l3f' }],
  [`\u200Bat://${DID}/app.bsky.feed.post/3l3f\u2069`, { account: { did: DID }, rkey: '3l3f' }],
  ['BSKY.APP/PROFILE/alice.example/post/3l3f', { account: { handle: 'alice.example' }, rkey: '3l3f' }],
])('%s names what a host hides', (text, subject) => {
  expect(readHideSubject(text)).toEqual(subject);
});

test.each([
  'nobody',
  '',
  `at://${DID}/app.bsky.feed.like/3l3frqadlo32h`,
  `at://${DID}/app.bsky.feed.post`,
  `at://${DID}/app.bsky.feed.post/a b`,
  'https://bsky.app/profile/alice.example/feed/hot',
])('%j names nothing that can be hidden', (text) => {
  expect(readHideSubject(text)).toBeUndefined();
});

test('a subject is written as labels and builds name it', () => {
  expect(hideSubject(DID, undefined)).toBe(DID);
  expect(hideSubject(DID, 'x')).toBe(`at://${DID}/app.bsky.feed.post/x`);
});
