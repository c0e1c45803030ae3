/**
 * What a text can be found by, in the order of the text: words (runs of letters, marks and digits, compatibility forms
 * and case folded away), emoji whole, and for scripts written without spaces (Han, Kana, Hangul, Thai, Lao, Khmer,
 * Burmese) each pair of neighbouring characters; such a character that stands alone is itself. At most 4,096 tokens.
 */
export function searchTokens(text: string): string[] {
  return tokensOf(text, undefined);
}

/** What of a post can be searched; a PostRecord is one. */
export interface SearchablePost {
  readonly text: string;
  readonly langs: readonly string[];
  readonly tags: readonly string[];
  /** DIDs. */
  readonly mentions: readonly string[];
  readonly hasEmbeddedMedia: boolean;
}

/** Where a post stands in time: the hour in its key (0 without one), and the time that it is sorted by, in ms since 1970. */
export interface PostTime {
  readonly recordHour: number;
  readonly sortAtMs: number;
}

/**
 * The column `tokens` of a post: searchTokens of its text, so that neighbours in the text are neighbours here, and after
 * them the marks, each once: `~字` for each character of a script without spaces, `#tag`, `@did`, `=lang`, `+media`, and for a
 * backdated post `<` and `<day`.
 */
export function postTokens(post: SearchablePost, time: PostTime): string[] {
  const characters = new Set<string>();
  const tokens = tokensOf(post.text, characters);
  const marks = new Set<string>();
  for (const character of characters) marks.add(`~${character}`);
  for (const tag of post.tags) marks.add(tagToken(tag));
  for (const did of post.mentions) marks.add(mentionToken(did));
  for (const lang of post.langs) for (const mark of langTokens(lang)) marks.add(mark);
  if (post.hasEmbeddedMedia) marks.add(MEDIA_TOKEN);
  if (isBackdated(time)) for (const mark of [BACKDATED_TOKEN, backdatedToken(time.sortAtMs)]) marks.add(mark);
  for (const mark of marks) tokens.push(mark);
  return tokens;
}

/** What a word or phrase of a query asks of a post's tokens: each list as neighbours in this order, and every mark. */
export interface QueryTokens {
  readonly phrases: readonly (readonly string[])[];
  readonly marks: readonly string[];
}

/**
 * What finds `text`, a word or a quoted phrase of a query. A lone character of a script without spaces is looked up by
 * its mark, since in a longer run it is no token of its own. Both lists are empty when nothing in it can be found.
 */
export function queryTokens(text: string): QueryTokens {
  const phrases: string[][] = [];
  const marks = new Set<string>();
  let phrase: string[] = [];
  for (const token of searchTokens(text)) {
    if (isLoneRunCharacter(token)) {
      marks.add(`~${token}`);
      if (phrase.length > 0) phrases.push(phrase);
      phrase = [];
    } else phrase.push(token);
  }
  if (phrase.length > 0) phrases.push(phrase);
  return { phrases, marks: [...marks] };
}

/** The mark of a hashtag, written with or without its `#`. */
export function tagToken(tag: string): string {
  const folded = foldText(tag).trim();
  return `#${cut(folded.startsWith('#') ? folded.slice(1) : folded)}`;
}

/** The mark of a mentioned account. */
export function mentionToken(did: string): string {
  return `@${did}`;
}

/** The mark of a language tag as a query writes it: `pt` stands for every Portuguese, `pt-BR` for that one. */
export function langToken(lang: string): string {
  return `=${lang.toLowerCase()}`;
}

/** The mark of a post with images or video. */
export const MEDIA_TOKEN = '+media';

/**
 * The mark of a post that is sorted more than an hour before the hour in its key, or has none in its key. All others are found among the
 * hours around the time they are sorted by; these stand elsewhere, and `backdatedToken` finds those of a day.
 */
export const BACKDATED_TOKEN = '<';

/** The mark of backdated posts that are sorted into the UTC day of this time. */
export function backdatedToken(sortAtMs: number): string {
  return `<${Math.floor(sortAtMs / DAY_MS)}`;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function isBackdated({ recordHour, sortAtMs }: PostTime): boolean {
  return recordHour === 0 || recordHour > Math.floor(sortAtMs / HOUR_MS) + 1;
}

function langTokens(lang: string): string[] {
  const dash = lang.indexOf('-');
  return dash > 0 ? [langToken(lang.slice(0, dash)), langToken(lang)] : [langToken(lang)];
}

const MAX_TOKENS = 4096;
const MAX_TOKEN_LENGTH = 64;
const MAX_TEXT_LENGTH = 65_536;

const ASCII_WORDS = /[a-z0-9]+/g;

/** Scripts whose words no space divides. Hangul has spaces, but its endings make pairs find more than words do. */
const SCRIPTS = ['Han', 'Hira', 'Kana', 'Bopo', 'Hang', 'Thai', 'Laoo', 'Khmr', 'Mymr'];
const SPACELESS = `[[${SCRIPTS.map((script) => `\\p{scx=${script}}`).join('')}]&&[\\p{L}\\p{Mn}\\p{Mc}\\p{N}]]`;
const PICTURE = '\\p{Extended_Pictographic}\\p{EMod}?(?:[\\u{E0020}-\\u{E007E}]+\\u{E007F})?';
const EMOJI = `${PICTURE}(?:\\u200D${PICTURE})*|\\p{RI}\\p{RI}|[0-9#*]\\u20E3`;
const WORD = `(?:[[\\p{L}\\p{Mn}\\p{Mc}\\p{N}]--${SPACELESS}](?!\\u20E3))+`;
const UNITS = new RegExp(`${EMOJI}|(${SPACELESS}+)|(?=[\\p{L}\\p{M}\\p{N}])${WORD}`, 'gv');
const RUN_CHARACTER = new RegExp(`^${SPACELESS}$`, 'v');

/** Soft hyphens, word joiners and the selectors between a picture and its text form say nothing about the text. */
const INVISIBLE = /\u00AD|\u034F|\u2060|\uFE0E|\uFE0F/g;
/** Lower-cased İ; Turkish texts write its plain form as well. */
const DOTTED_I = /i\u0307+/g;
/** Joiners that only shape letters; those inside an emoji make it, and stay. */
const JOINERS = /(?<![\p{Extended_Pictographic}\p{EMod}])\u200D|\u200C/gv;

/** The tokens in order; the characters of runs without spaces are added to `characters`. */
function tokensOf(text: string, characters: Set<string> | undefined): string[] {
  if (isAscii(text)) return text.toLowerCase().match(ASCII_WORDS)?.slice(0, MAX_TOKENS).map(cut) ?? [];
  const tokens: string[] = [];
  for (const [unit, run] of foldText(text).matchAll(UNITS)) {
    if (run !== undefined) pushPairs(tokens, run, characters);
    else tokens.push(cut(unit));
    if (tokens.length >= MAX_TOKENS) break;
  }
  return tokens.length > MAX_TOKENS ? tokens.slice(0, MAX_TOKENS) : tokens;
}

/** One form for everything that reads the same: NFKC, full case folding, no invisible characters. */
function foldText(text: string): string {
  const cutText = text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text;
  const plain = cutText.toWellFormed().replace(INVISIBLE, '').replace(JOINERS, '').normalize('NFKC');
  // Lower, upper, lower: the way round by the capitals takes ß to ss, and first lower-casing takes ẞ there too.
  const folded = plain.toLowerCase().toUpperCase().toLowerCase();
  return folded.replaceAll('ς', 'σ').replace(DOTTED_I, 'i').normalize('NFKC');
}

function pushPairs(tokens: string[], run: string, characters: Set<string> | undefined): void {
  let previous = '';
  let pairs = 0;
  for (const character of run) {
    characters?.add(character);
    if (previous !== '') {
      tokens.push(previous + character);
      pairs++;
    }
    previous = character;
  }
  if (pairs === 0) tokens.push(previous);
}

function isLoneRunCharacter(token: string): boolean {
  return RUN_CHARACTER.test(token);
}

/** Long words are told apart by their first 64 characters only. */
function cut(token: string): string {
  return token.length <= MAX_TOKEN_LENGTH ? token : [...token].slice(0, MAX_TOKEN_LENGTH).join('');
}

function isAscii(text: string): boolean {
  return text.length <= MAX_TEXT_LENGTH && !NOT_ASCII.test(text);
}
const NOT_ASCII = /\P{ASCII}/u;
