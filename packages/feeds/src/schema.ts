import { isDid, isRkey } from '@updraft/atproto';
import { z } from 'zod';
import { refuseFallbacks } from './fallbacks.ts';
import { membersFrom, refuseSourcesTwice } from './members/sources-schema.ts';
import { moderation } from './moderation-settings.ts';
import { refuseAmbiguousNames } from './names.ts';
import { pin } from './pins.ts';
import { pattern, searchQuery, tooWide } from './search-setting.ts';
import { refuseUnions } from './unions.ts';
import { count, duration, HOUR_MS, label, language, listUri, postUri, window } from './values.ts';
import { variants } from './variants.ts';

const publishing = z.strictObject({
  name: z.string().min(1).refine(hasAtMostGraphemes(24), { error: 'expected at most 24 characters' }),
  description: z.string().refine(hasAtMostGraphemes(300), { error: 'expected at most 300 characters' }).default(''),
  /** A png or jpeg beside the file. */
  avatar: z
    .string()
    .regex(/\.(png|jpe?g)$/i, { error: 'expected the path of a png or jpeg' })
    .optional(),
  acceptsInteractions: z.boolean().default(false),
  contentMode: z.enum(['unspecified', 'video']).default('unspecified'),
});

function hasAtMostGraphemes(max: number): (text: string) => boolean {
  return (text) => [...new Intl.Segmenter().segment(text)].length <= max;
}

const accounts = z
  .array(z.string().refine(isDid, { error: 'expected a DID' }))
  .max(100)
  .default([]);

const everyFeed = {
  /** Who may do everything with the feed in the console. */
  hosts: accounts,
  /** Who may decide about requests and hide posts there. */
  moderators: accounts,
  audience: z.enum(['everyone', 'signed-in', 'members']).default('everyone'),
  /** For `audience: members`: the label whose bearers may read. Default: a label feed's own. */
  members: label.optional(),
  /** Where the bearers of that label come from, besides the admin API. */
  membersFrom,
  outsiders: z.array(postUri).max(100).default([]),
  /** Leaves out what the viewer was shown before, by any page or by what the app reports as seen. */
  hideSeen: z.boolean().default(false),
  publish: publishing.optional(),
};

const everyQuery = {
  refresh: duration('1m', 1_000, 24 * HOUR_MS, 'from 1s to 24h'),
  size: count(1, 10_000).default(3_000),
  languages: z.array(language).max(50).default([]),
  mediaOnly: z.boolean().default(false),
  perAuthor: count(1, 10_000).optional(),
  pinned: z.array(pin).max(20).default([]),
  /** Other settings for a share of the viewers. */
  variants,
};

const weights = z.strictObject({
  likes: z.number().min(0).max(1_000).default(1),
  reposts: z.number().min(0).max(1_000).default(0),
  replies: z.number().min(0).max(1_000).default(0),
});

const byLikes = {
  window: window('24h'),
  minimumAge: duration('0s', 0, 14 * 24 * HOUR_MS, 'from 0s to 14d (336h)'),
  minimumLikes: count(1, 1_000_000),
  weights: weights.default({ likes: 1, reposts: 0, replies: 0 }),
};
const gravity = z.number().min(0).max(10).default(1.8);
const everyRanking = { ...everyQuery, ...moderation({ isOfAll: true }), ...byLikes };

const hot = z.strictObject({
  kind: z.literal('hot'),
  ...everyFeed,
  ...everyRanking,
  gravity,
  replies: z.boolean().default(false),
  validOnly: z.boolean().default(true),
});

const top = z.strictObject({
  kind: z.literal('top'),
  ...everyFeed,
  ...everyRanking,
  replies: z.boolean().default(true),
  validOnly: z.boolean().default(true),
});

const authorLabel = z.strictObject({
  kind: z.literal('author-label'),
  ...everyFeed,
  ...everyQuery,
  ...moderation(),
  label,
  window: window('72h'),
  replies: z.boolean().default(false),
  validOnly: z.boolean().default(false),
});

const everySearch = {
  kind: z.literal('search'),
  ...everyFeed,
  ...everyQuery,
  query: searchQuery,
  /** Only posts of this label's bearers. */
  authors: label.optional(),
  pattern: pattern.optional(),
  replies: z.boolean().default(false),
  validOnly: z.boolean().default(true),
};

const newestFound = z.strictObject({
  ...everySearch,
  ...moderation({ isOfAll: true, isRecommending: false }),
  order: z.literal('newest').default('newest'),
  window: window('72h'),
});

const hottestFound = z.strictObject({
  ...everySearch,
  ...moderation({ isOfAll: true }),
  order: z.literal('hot'),
  ...byLikes,
  minimumLikes: count(1, 1_000_000).default(1),
  gravity,
});

const search = z.discriminatedUnion('order', [newestFound, hottestFound], {
  error: (issue) => (issue.code === 'invalid_union' ? 'expected order: newest or hot' : undefined),
});

const list = z.strictObject({
  kind: z.literal('list'),
  ...everyFeed,
  ...everyQuery,
  ...moderation(),
  list: listUri,
  window: window('72h'),
  replies: z.boolean().default(false),
  validOnly: z.boolean().default(false),
});

/** Its parts have chosen: it leaves out more only where it says so. */
const union = z.strictObject({
  kind: z.literal('union'),
  ...everyFeed,
  ...everyQuery,
  ...moderation(),
  /** By their names. */
  feeds: z.array(z.string()).min(1).max(20),
  order: z.enum(['newest', 'interleaved']).default('newest'),
  window: window('14d'),
  replies: z.boolean().default(true),
  validOnly: z.boolean().default(false),
});

/** A personal feed's builds are made when a viewer asks: `refresh` is how old one may be. */
const everyPersonal = {
  ...everyFeed,
  ...everyQuery,
  refresh: duration('5m', 10_000, 24 * HOUR_MS, 'from 10s to 24h'),
  size: count(1, 1_000).default(300),
  /** The feed of this file that a viewer gets without a build of their own: logged out, new, or while it is made. */
  fallback: z.string(),
};

/** Posts of the accounts that the viewer follows. */
const following = z.strictObject({
  kind: z.literal('following'),
  ...everyPersonal,
  ...moderation(),
  order: z.enum(['newest', 'hot']).default('newest'),
  window: window('72h'),
  gravity,
  replies: z.boolean().default(false),
  reposts: z.boolean().default(false),
  validOnly: z.boolean().default(false),
});

/** What those like who like what the viewer likes. */
const forYou = z.strictObject({
  kind: z.literal('for-you'),
  ...everyPersonal,
  ...moderation({ isOfAll: true }),
  window: duration('24h', HOUR_MS, 72 * HOUR_MS, 'from 1h to 72h'),
  perAuthor: count(1, 10_000).default(2),
  hideSeen: z.boolean().default(true),
  replies: z.boolean().default(false),
  validOnly: z.boolean().default(true),
});

const fixed = z.strictObject({
  kind: z.literal('static'),
  ...everyFeed,
  posts: z.array(postUri).min(1).max(1_000),
  /** Whether the posts bear the pin. */
  pin: z.boolean().default(true),
});

const feedSchema = z
  .discriminatedUnion('kind', [hot, top, search, authorLabel, list, union, following, forYou, fixed], {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? 'expected kind: hot, top, search, author-label, list, union, following, for-you or static'
        : undefined,
  })
  .superRefine((feed, context) => {
    if (feed.audience === 'members' && feed.kind !== 'author-label' && feed.members === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['audience'],
        message: 'expected members: LABEL beside audience: members',
      });
    }
    if (feed.membersFrom.length > 0 && feed.kind !== 'author-label' && feed.members === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['membersFrom'],
        message: 'expected members: LABEL beside membersFrom',
      });
    }
    const wide = feed.kind === 'search' ? tooWide(feed) : undefined;
    if (wide !== undefined) context.addIssue({ code: 'custom', path: [wide.setting], message: wide.message });
    if ('minimumAge' in feed && feed.minimumAge >= feed.window) {
      context.addIssue({ code: 'custom', path: ['minimumAge'], message: 'expected less than window' });
    }
  });

/** The schema of config/feeds.yaml. docs/feeds.md describes every setting. */
export const feedsFileSchema = z.strictObject({
  links: z.strictObject({ privacyPolicy: z.url().optional(), termsOfService: z.url().optional() }).optional(),
  feeds: z
    .record(z.string().refine(isRkey, { error: 'expected a record key: letters, digits and .-_:~' }), feedSchema)
    .superRefine(refuseAmbiguousNames)
    .superRefine(refuseSourcesTwice)
    .superRefine(refuseUnions)
    .superRefine(refuseFallbacks),
});

export type FeedEntry = z.output<typeof feedSchema>;

/** Those of the settings that are queries, by kind and, of a search, order. */
export const querySchemas = { hot, top, newestFound, hottestFound, authorLabel, list, union };
