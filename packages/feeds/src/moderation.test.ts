import type { PostStanding, StandingLabel } from '@updraft/store';
import { describe, expect, it } from 'vitest';
import { leftOutBy, type ModeratedFeed } from './moderation.ts';

const feed: ModeratedFeed = {
  alias: 'hot',
  labels: { exclude: ['porn', '!hide'], require: [] },
  recommendableOnly: true,
  bots: true,
};
const clear: PostStanding = { labels: [], isOptedOut: false, hiddenFrom: [] };
const label = (val: string, on: StandingLabel['on'] = 'post'): StandingLabel => ({ val, src: 'did:plc:labeler', on });

describe('a feed leaves a post out', () => {
  it('that has an excluded label, on itself or on its account', () => {
    expect(leftOutBy(feed, clear)).toBeUndefined();
    expect(leftOutBy(feed, { ...clear, labels: [label('nice'), label('porn', 'account')] })).toMatchObject({
      rule: 'excluded label',
      label: { val: 'porn', on: 'account' },
    });
  });

  it('that a host took out of it, or out of all', () => {
    expect(leftOutBy(feed, { ...clear, hiddenFrom: ['other'] })).toBeUndefined();
    expect(leftOutBy(feed, { ...clear, hiddenFrom: ['other', 'hot'] })).toEqual({ rule: 'hidden', feed: 'hot' });
    expect(leftOutBy(feed, { ...clear, hiddenFrom: [''] })).toEqual({ rule: 'hidden', feed: '' });
  });

  it('whose account asks not to be recommended, where the feed recommends', () => {
    expect(leftOutBy(feed, { ...clear, isOptedOut: true })).toEqual({ rule: 'opted out' });
    expect(leftOutBy({ ...feed, recommendableOnly: false }, { ...clear, isOptedOut: true })).toBeUndefined();
  });

  it('of an account that says it is a bot, where the feed takes none; a post that is labelled so is no bot', () => {
    const bot = { ...clear, labels: [label('bot', 'profile')] };
    expect(leftOutBy(feed, bot)).toBeUndefined();
    expect(leftOutBy({ ...feed, bots: false }, bot)).toMatchObject({ rule: 'bot' });
    expect(leftOutBy({ ...feed, bots: false }, { ...clear, labels: [label('bot')] })).toBeUndefined();
  });

  it('that has none of the required labels', () => {
    const art = { ...feed, labels: { exclude: [], require: ['art', 'drawing'] } };
    expect(leftOutBy(art, clear)).toEqual({ rule: 'required label', values: ['art', 'drawing'] });
    expect(leftOutBy(art, { ...clear, labels: [label('drawing')] })).toBeUndefined();
  });
});
