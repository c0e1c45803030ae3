import { describe, expect, it } from 'vitest';
import { type CleanupForm, EMPTY_FORM, faultsOf, readForm, wishesOf } from './cleanup-form.ts';

const POST = 'https://bsky.app/profile/alice.example.com/post/3k';
const form: CleanupForm = { ...EMPTY_FORM, types: ['like', 'post'] };

describe('the form of a clean-up', () => {
  it('says field by field what is wrong', () => {
    expect(faultsOf(form)).toEqual({});
    const odd = { ...form, types: [], days: '-1', minLikes: '1.5', keepUris: `${POST}\nmy best post` };
    expect(Object.keys(faultsOf(odd))).toEqual(['types', 'days', 'minLikes', 'keepUris']);
    for (const days of ['', '1e3', '36501', 'Infinity', ' '])
      expect(faultsOf({ ...form, days })).toHaveProperty('days');
    expect(faultsOf({ ...form, keepUris: Array.from({ length: 1_001 }, (_, n) => `${POST}${n}`).join('\n') })).toEqual({
      keepUris: 'At most 1000 posts.',
    });
  });

  it('becomes a request, in which an address stands once', () => {
    expect(wishesOf({ ...form, days: '30', minLikes: ' 100 ', keepUris: ` ${POST}\n\n${POST} ` })).toEqual({
      cleanup_types: ['post', 'like'],
      delete_until_days_ago: 30,
      keep_pinned: true,
      keep_threads: false,
      keep_min_likes: 100,
      keep_uris: [POST],
    });
    expect(wishesOf(form)).not.toHaveProperty('keep_min_likes');
    const pasted = { ...form, keepUris: `<${POST}>, "${POST}2"; (https://deer.social/profile/a.b/post/3k), ${POST}3.` };
    expect(faultsOf(pasted)).toEqual({});
    expect(wishesOf(pasted).keep_uris).toEqual([
      POST,
      `${POST}2`,
      'https://deer.social/profile/a.b/post/3k',
      `${POST}3`,
    ]);
  });

  it('comes back as it was stored, without what is odd in it', () => {
    expect(readForm(JSON.stringify(form))).toEqual({ ...form, types: ['post', 'like'] });
    for (const odd of [null, '', 'null', '[]', '{"types":"post","days":3,"keepPinned":"no"}', '{'])
      expect(readForm(odd)).toEqual(EMPTY_FORM);
  });
});
