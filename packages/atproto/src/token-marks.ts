import { cut, foldText } from './text-tokens.ts';

/** A post's times: the hour in its key (0 without one), and the time that it is sorted by, in ms since 1970. */
export interface PostTime {
  readonly recordHour: number;
  readonly sortAtMs: number;
}

/** The mark of a hashtag, written with or without its `#`, full-width too; a cashtag is one that begins with `$`. */
export function tagToken(tag: string): string {
  const folded = foldText(tag).trim();
  return `#${cut(folded.startsWith('#') ? folded.slice(1) : folded)}`;
}

/** The mark of a mentioned account. */
export function mentionToken(did: string): string {
  return `@${did}`;
}

/** The mark of a language tag as a query writes it: `zh` is every Chinese, `zh-Hant` all Chinese in those characters. */
export function langToken(lang: string): string {
  return `=${lang.toLowerCase()}`;
}

/** The mark of a post with images or video. */
export const MEDIA_TOKEN = '+media';

/**
 * The mark of a post that is sorted more than an hour before the hour in its key, or whose key has no hour. All others are in the hours
 * around the time that they are sorted by; `backdatedToken` finds the backdated ones of a day.
 */
export const BACKDATED_TOKEN = '<';

/** The mark of backdated posts that are sorted into the UTC day of this time. */
export function backdatedToken(sortAtMs: number): string {
  return `<${Math.floor(sortAtMs / DAY_MS)}`;
}

/** The marks of a backdated post; none for all others. */
export function backdatedTokens(time: PostTime): string[] {
  return isBackdated(time) ? [BACKDATED_TOKEN, backdatedToken(time.sortAtMs)] : [];
}

function isBackdated({ recordHour, sortAtMs }: PostTime): boolean {
  return recordHour === 0 || recordHour > Math.floor(sortAtMs / HOUR_MS) + 1;
}

/** A post's language is found by each of its prefixes. Source: BCP 47, basic filtering (RFC 4647, 3.3.1). */
export function langTokens(lang: string): string[] {
  const tokens: string[] = [];
  for (let dash = lang.indexOf('-', 1); dash > 0; dash = lang.indexOf('-', dash + 1))
    tokens.push(langToken(lang.slice(0, dash)));
  tokens.push(langToken(lang));
  return tokens;
}

/** The marks of cashtags in a text, as Bluesky's app makes facets of them; older posts have them without facets. At most 64. */
export function cashtagTokens(text: string): string[] {
  if (!text.includes('$')) return [];
  return Array.from(text.matchAll(CASHTAGS).take(MAX_CASHTAGS), ([tag]) => tagToken(tag));
}

const MAX_CASHTAGS = 64;
const CASHTAGS = /(?<=^|[\s(])\$[A-Za-z][A-Za-z0-9]{0,4}(?=$|[\s.,;:!?)"'\u2019])/gu;

/** The mark between a text and what else a post is found by, so that no phrase runs across. */
export const BORDER_TOKEN = '|';

/** The mark before each word that follows the texts without its accents. The tokens before the first one are as they were written. */
export const FOLD_TOKEN = '^';

/** Before each word of an alternative text, where it stands a second time. */
export const ALT_SIGN = '%';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
