import type { PostStanding } from '@updraft/store';
import { expect, test } from 'vitest';
import type { ModeratedFeed } from '../moderation.ts';
import { moderationRules } from './moderation-rules.ts';

const feed: ModeratedFeed = {
  alias: 'hot',
  labels: { exclude: ['porn'], require: ['art'] },
  recommendableOnly: true,
  bots: false,
};
const LABELER = 'did:plc:labeler';
const told = (standing: Partial<PostStanding>, hides: Parameters<typeof moderationRules>[2] = [], of = feed) =>
  moderationRules(of, { labels: [], isOptedOut: false, hiddenFrom: [], ...standing }, hides).map(
    ({ rule, isPassed, detail }) => `${isPassed === true ? '' : 'not '}${rule}: ${detail}`,
  );

test('each rule about labels says which label it was, on what, and who set it', () => {
  const labels = [
    { val: 'porn', src: LABELER, on: 'post' as const },
    { val: 'bot', src: 'did:plc:mia', on: 'profile' as const },
  ];
  expect(told({ labels, isOptedOut: true })).toEqual([
    'hides: nothing is held against it',
    `not excluded labels: the label porn on the post, set by ${LABELER}`,
    'not required labels: it has none of art',
    'not bots: the label bot on the profile, set by did:plc:mia',
    'not recommendable: its account asks not to be recommended',
  ]);
});

test('a hide says who took what out of which feed, when and why', () => {
  const hide = {
    feed: '',
    subject: 'did:plc:mia',
    reason: 'spam',
    changedBy: 'ann',
    version: Date.UTC(2026, 6, 4) * 1000,
  };
  expect(told({ hiddenFrom: [''] }, [hide])[0]).toBe(
    'not hides: did:plc:mia was taken out of all feeds by ann on 2026-07-04T00:00:00.000Z: spam',
  );
  expect(told({ hiddenFrom: ['hot'] })[0]).toBe('not hides: taken out of hot');
  expect(told({ hiddenFrom: ['other'] })[0]).toBe('hides: nothing is held against it');
});

test('a rule that the feed does not have is not told', () => {
  const open = { ...feed, labels: { exclude: [], require: [] }, recommendableOnly: false, bots: true };
  expect(told({ isOptedOut: true }, [], open)).toEqual(['hides: nothing is held against it']);
});
