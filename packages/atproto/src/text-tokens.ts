import { foldAccents, hasAccents } from './fold-accents.ts';

/**
 * What a text can be found by, in the order of the text: words (runs of letters, marks and digits, compatibility forms
 * and case folded away), emoji whole, and for scripts written without spaces (Han, Kana, Hangul, Thai, Lao, Khmer,
 * Burmese) each pair of neighbouring characters; such a character that stands alone is itself. At most 4,096 tokens.
 */
export function searchTokens(text: string): string[] {
  const found = createTextTokens();
  appendTokens(text, found);
  return found.tokens;
}

/** What was found in one text after another. */
export interface TextTokens {
  readonly tokens: string[];
  /** The characters of runs without spaces. */
  readonly characters: Set<string>;
  /** Words with accents, without them. At most 1,024. */
  readonly folds: Set<string>;
}

export function createTextTokens(): TextTokens {
  return { tokens: [], characters: new Set(), folds: new Set() };
}

/** Adds the tokens of a text, up to 4,096 in all. */
export function appendTokens(text: string, found: TextTokens): void {
  const { tokens } = found;
  if (isAscii(text)) {
    for (const word of text.toLowerCase().match(ASCII_WORDS) ?? []) {
      if (tokens.length >= MAX_TOKENS) return;
      tokens.push(cut(word));
    }
    return;
  }
  const folded = foldText(text);
  const areAccented = hasAccents(folded);
  for (const [unit, run] of folded.matchAll(UNITS)) {
    if (run === undefined) pushWord(found, cut(unit), areAccented);
    else pushPairs(found, run);
    if (tokens.length >= MAX_TOKENS) break;
  }
  if (tokens.length > MAX_TOKENS) tokens.length = MAX_TOKENS;
}

/** A character that is searched for by its mark, since in a longer run it is not a token of its own. */
export function isLoneRunCharacter(token: string): boolean {
  return RUN_CHARACTER.test(token);
}

const MAX_TOKENS = 4096;
const MAX_FOLDS = 1024;
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

/** Soft hyphens, word joiners, marks of direction, and the selectors between a picture and its text form: no part of the text. */
const INVISIBLE =
  /\u00AD|\u034F|\u061C|\u200E|\u200F|[\u202A-\u202E]|[\u2060-\u2064]|[\u2066-\u2069]|\uFE0E|\uFE0F|\uFEFF/g;
/** Lower-cased İ; Turkish texts write its plain form as well. */
const DOTTED_I = /i\u0307+/g;
/** Joiners that only shape letters; those inside an emoji make it, and stay. */
const JOINERS = /(?<![\p{Extended_Pictographic}\p{EMod}])\u200D|\u200C/gv;

/** One form for everything that reads the same: NFKC, full case folding, no invisible characters. */
export function foldText(text: string): string {
  const cutText = text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text;
  const plain = cutText.toWellFormed().replace(INVISIBLE, '').replace(JOINERS, '').normalize('NFKC');
  // Lower, upper, lower: upper-casing turns ß into ss, and lower-casing first does the same for ẞ.
  const folded = plain.toLowerCase().toUpperCase().toLowerCase();
  return folded.replaceAll('ς', 'σ').replace(DOTTED_I, 'i').normalize('NFKC');
}

function pushWord({ tokens, folds }: TextTokens, word: string, isAccented: boolean): void {
  tokens.push(word);
  if (!isAccented) return;
  const fold = foldAccents(word);
  if (fold !== word && folds.size < MAX_FOLDS) folds.add(fold);
}

function pushPairs({ tokens, characters }: TextTokens, run: string): void {
  let previous = '';
  let pairs = 0;
  for (const character of run) {
    characters.add(character);
    if (previous !== '') {
      tokens.push(previous + character);
      pairs++;
    }
    previous = character;
  }
  if (pairs === 0) tokens.push(previous);
}

/** Only the first 64 characters of a long word count. */
export function cut(token: string): string {
  return token.length <= MAX_TOKEN_LENGTH ? token : [...token].slice(0, MAX_TOKEN_LENGTH).join('');
}

function isAscii(text: string): boolean {
  return text.length <= MAX_TEXT_LENGTH && !NOT_ASCII.test(text);
}
const NOT_ASCII = /\P{ASCII}/u;
