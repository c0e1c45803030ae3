import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Feed } from './feed.ts';

/** What is the feed's and not a variant's: who reads it, its record, and what it is a feed of. */
const OF_THE_FEED = new Set([
  'kind',
  'hosts',
  'moderators',
  'audience',
  'members',
  'membersFrom',
  'outsiders',
  'hideSeen',
  'publish',
  'label',
  'variants',
]);

const MAX_VARIANTS = 10;
/** Of a sum of shares: 47.5 + 7.1 + … may be 100.00000000000001. */
const ROUNDING = 1e-9;

const variantName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, {
  error: 'expected a name of at most 32 lower-case letters, digits and hyphens',
});

/** By name: the share of the viewers in percent, and the settings that differ. expandVariants() reads these. */
export const variants = z
  .record(variantName, z.looseObject({ share: z.number().gt(0).max(100) }))
  .refine((given) => Object.keys(given).length <= MAX_VARIANTS, { error: `expected at most ${MAX_VARIANTS} variants` })
  .refine((given) => Object.values(given).reduce((sum, { share }) => sum + share, 0) <= 100 + ROUNDING, {
    error: 'expected shares of at most 100 together',
  })
  .optional();

/** The feed that this viewer gets: one of its variants, or the feed as it is. The same on every instance and after every start. */
export function variantFor(feed: Feed, viewerDid: string): Feed {
  if (feed.variantFeeds === undefined) return feed;
  const place = (hash('sha256', `${feed.alias}\n${viewerDid}`, 'buffer').readUInt32BE(0) / 2 ** 32) * 100;
  let end = 0;
  for (const variantFeed of feed.variantFeeds) {
    end += variantFeed.variant?.share ?? 0;
    if (place < end) return variantFeed;
  }
  return feed;
}

type Entries = Readonly<Record<string, object>>;

/**
 * The feeds that the variants of one feed are: its settings, with those of the variant in their places. `parse` reads a file's feeds as if it
 * were all there is. A fault is given at the variant that has it.
 */
export function expandVariants<Parsed extends object>(
  raw: Entries,
  alias: string,
  given: NonNullable<z.output<typeof variants>>,
  parse: (feeds: Entries) => z.ZodSafeParseResult<Readonly<Record<string, Parsed>>>,
) {
  const feeds: (Parsed & { alias: string; variant: Variant })[] = [];
  const issues: z.core.$ZodIssue[] = [];
  for (const [name, { share, ...settings }] of Object.entries(given)) {
    const path = [alias, 'variants', name];
    const fixed = Object.keys(settings).filter((key) => OF_THE_FEED.has(key));
    for (const key of fixed)
      issues.push({ code: 'custom', path: [...path, key], input: undefined, message: NOT_OF_A_VARIANT });
    if (fixed.length > 0) continue;
    const parsed = parse({ ...raw, [alias]: { ...raw[alias], variants: undefined, ...settings } });
    const feed = parsed.data?.[alias];
    if (feed !== undefined) feeds.push({ ...feed, alias: `${alias}/${name}`, variant: { of: alias, name, share } });
    for (const issue of parsed.error?.issues ?? []) issues.push({ ...issue, path: pathIn(path, settings, issue.path) });
  }
  return { feeds, issues };
}

const NOT_OF_A_VARIANT = 'expected a setting that readers may not tell the feed by: this one is the same for all';

/** Which variant of which feed a feed is. Its alias has a slash, which no feed's name can have. */
export interface Variant {
  /** The feed's alias. */
  readonly of: string;
  readonly name: string;
  /** Of the viewers, in percent. */
  readonly share: number;
}

/** Where a fault of the expanded feed stands: at the variant's own setting, else at the variant. */
function pathIn(path: readonly string[], settings: object, [, ...rest]: readonly PropertyKey[]): PropertyKey[] {
  const [setting] = rest;
  return setting !== undefined && Object.hasOwn(settings, setting) ? [...path, ...rest] : [...path];
}
