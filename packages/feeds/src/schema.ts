import { isRkey, parseAtUri } from '@updraft/atproto';
import { durationMs } from '@updraft/service';
import { z } from 'zod';
import { membersFrom, refuseSourcesTwice } from './members/sources-schema.ts';
import { NOT_RECOMMENDED } from './moderation.ts';

const postUri = z
  .string()
  .refine(isPostUri, { error: 'expected the at-uri of a post, at://did:…/app.bsky.feed.post/…' });

function isPostUri(text: string): boolean {
  const uri = parseAtUri(text);
  return (
    uri !== undefined && uri.authority.startsWith('did:') && uri.collection === 'app.bsky.feed.post' && uri.rkey !== ''
  );
}

const label = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'expected lower-case letters, digits and hyphens' });
const language = z.string().regex(/^[a-z]{2,3}$/, { error: "expected a language code such as 'en' or 'ja'" });

/** A duration within bounds. `bounds` says them in the message. */
function duration(preset: string, minMs: number, maxMs: number, bounds: string) {
  return durationMs(preset).refine((ms) => ms >= minMs && ms <= maxMs, { error: `expected a duration ${bounds}` });
}

const HOUR_MS = 3_600_000;
const window = (preset: string) => duration(preset, 60_000, 14 * 24 * HOUR_MS, 'from 1m to 14d (336h)');
const count = (min: number, max: number) => z.int().min(min).max(max);

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

const everyFeed = {
  audience: z.enum(['everyone', 'signed-in', 'members']).default('everyone'),
  /** For `audience: members`: the label whose bearers may read. Default: a label feed's own. */
  members: label.optional(),
  /** Where the bearers of that label come from, besides the admin API. */
  membersFrom,
  outsiders: z.array(postUri).max(100).default([]),
  publish: publishing.optional(),
};

const everyQuery = {
  refresh: duration('1m', 1_000, 24 * HOUR_MS, 'from 1s to 24h'),
  size: count(1, 10_000).default(3_000),
  languages: z.array(language).max(50).default([]),
  mediaOnly: z.boolean().default(false),
  perAuthor: count(1, 10_000).optional(),
  pinned: z.array(postUri).max(20).default([]),
};

/** The lexicon's: lower-case letters and hyphens, with a ! before those that no user can set. */
const labelValue = z
  .string()
  .regex(/^!?[a-z][a-z0-9-]{0,126}$/, { error: "expected a label's value, such as 'porn' or '!hide'" });
const labelValues = z.array(labelValue).max(100);

/** The rules of moderation.ts; `isRecommending` feeds choose among everybody's posts. */
function moderation(isRecommending: boolean) {
  const exclude = labelValues.default(isRecommending ? [...NOT_RECOMMENDED] : []);
  return {
    labels: z.strictObject({ exclude, require: labelValues.default([]) }).prefault({}),
    recommendableOnly: z.boolean().default(isRecommending),
    bots: z.boolean().default(true),
  };
}

const weights = z.strictObject({
  likes: z.number().min(0).max(1_000).default(1),
  reposts: z.number().min(0).max(1_000).default(0),
  replies: z.number().min(0).max(1_000).default(0),
});

const everyRanking = {
  ...everyQuery,
  ...moderation(true),
  window: window('24h'),
  minimumAge: duration('0s', 0, 14 * 24 * HOUR_MS, 'from 0s to 14d (336h)'),
  minimumLikes: count(1, 1_000_000),
  weights: weights.default({ likes: 1, reposts: 0, replies: 0 }),
};

const hot = z.strictObject({
  kind: z.literal('hot'),
  ...everyFeed,
  ...everyRanking,
  gravity: z.number().min(0).max(10).default(1.8),
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
  ...moderation(false),
  label,
  window: window('72h'),
  replies: z.boolean().default(false),
  validOnly: z.boolean().default(false),
});

const fixed = z.strictObject({
  kind: z.literal('static'),
  ...everyFeed,
  posts: z.array(postUri).min(1).max(1_000),
  /** Whether the posts bear the pin. */
  pin: z.boolean().default(true),
});

const feedSchema = z
  .discriminatedUnion('kind', [hot, top, authorLabel, fixed], {
    error: (issue) => (issue.code === 'invalid_union' ? 'expected kind: hot, top, author-label or static' : undefined),
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
    .superRefine(refuseSourcesTwice),
});

/** Admins may leave out the prefix, so two feeds must differ in more than that. */
function refuseAmbiguousNames(feeds: Record<string, unknown>, context: z.core.$RefinementCtx): void {
  const seen = new Map<string, string>();
  for (const alias of Object.keys(feeds)) {
    const other = seen.get(shortAlias(alias));
    if (other !== undefined) {
      context.addIssue({
        code: 'custom',
        path: [alias],
        message: `expected a name that differs from ${other} in more than its prefix`,
      });
    }
    seen.set(shortAlias(alias), alias);
  }
}

/** The name by which admins know a feed: `mpls` for `a-mpls`, `tqsp` for `cl-tqsp`. */
export function shortAlias(alias: string): string {
  return alias.replace(/^(?:a|cl)-/, '');
}

export type FeedEntry = z.output<typeof feedSchema>;
