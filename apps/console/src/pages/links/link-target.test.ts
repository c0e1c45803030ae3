import { describe, expect, it } from 'vitest';
import { questionOf, targetOf } from './link-target.ts';

const DID = 'did:plc:abcdefghijklmnopqrstuvwx';

describe('what people paste as a target', () => {
  it('may be taken as it is', () => {
    for (const target of [
      DID,
      `at://${DID}/app.bsky.feed.post/3k`,
      'https://example.com/page',
      'http://bsky.app/about',
    ])
      expect(questionOf(` ${target} `)).toEqual({ kind: 'target', target });
  });

  it('may be a page of the app', () => {
    const page = 'https://bsky.app/profile/alice.example.com/post/3k';
    expect(questionOf(page)).toEqual({ kind: 'page', page });
    expect(targetOf(questionOf(page), `at://${DID}/app.bsky.feed.post/3k`)).toBe(`at://${DID}/app.bsky.feed.post/3k`);
    expect(targetOf(questionOf(page), 'at://alice.example.com/app.bsky.feed.post/3k')).toBeUndefined();
  });

  it('may be a handle, alone or in an at-uri', () => {
    expect(targetOf(questionOf('@alice.example.com'), `at://${DID}\n`)).toBe(DID);
    const question = questionOf('at://alice.example.com/app.bsky.feed.like/3k');
    expect(question).toMatchObject({ page: 'https://bsky.app/profile/alice.example.com' });
    expect(targetOf(question, `at://${DID}`)).toBe(`at://${DID}/app.bsky.feed.like/3k`);
  });
});
