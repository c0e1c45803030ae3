import { addressToken, domainTokens } from './link-tokens.ts';
import { appendTokens, createTextTokens, isLoneRunCharacter, searchTokens, type TextTokens } from './text-tokens.ts';
import {
  ALT_SIGN,
  BORDER_TOKEN,
  backdatedTokens,
  cashtagTokens,
  FOLD_TOKEN,
  langTokens,
  MEDIA_TOKEN,
  mentionToken,
  type PostTime,
  tagToken,
} from './token-marks.ts';

/** The parts of a post that can be searched; a PostRecord has them. */
export interface SearchablePost {
  readonly text: string;
  /** Alternative texts and the title of a link. */
  readonly captions: readonly string[];
  readonly langs: readonly string[];
  readonly tags: readonly string[];
  /** DIDs. */
  readonly mentions: readonly string[];
  /** The captions are of these media. */
  readonly hasEmbeddedMedia: boolean;
  readonly links: readonly string[];
}

/**
 * The column `tokens` of a post: searchTokens of its text, so that neighbours in the text are neighbours here; `|` and those of each
 * caption; those of each alternative text again, with `%` before each; `^` and the word without accents for each word that has some; and
 * after them the marks, each once: `~字` for each character of a script without spaces, `#tag`, `@did`, `=lang`, `+media`, `/domain` and `//hash` of
 * links, and for a backdated post `<` and `<day`. At most 4,096 words of text.
 */
export function postTokens(post: SearchablePost, time: PostTime): string[] {
  const found = createTextTokens();
  const { tokens, characters, folds } = found;
  appendTokens(post.text, found);
  for (const caption of post.captions) {
    tokens.push(BORDER_TOKEN);
    appendTokens(caption, found);
  }
  const alts = altsOf(post);
  for (const token of alts.tokens) tokens.push(token);
  for (const fold of folds) tokens.push(FOLD_TOKEN, fold);
  for (const fold of alts.folds) tokens.push(FOLD_TOKEN, ALT_SIGN + fold);
  for (const mark of marksOf(post, characters, time)) tokens.push(mark);
  for (const character of alts.characters) tokens.push(`${ALT_SIGN}~${character}`);
  return tokens;
}

/** The tokens of the alternative texts, as alt: asks for them. */
function altsOf({ captions, hasEmbeddedMedia }: SearchablePost): TextTokens {
  if (!hasEmbeddedMedia || captions.length === 0) return NO_TEXT;
  const found = createTextTokens();
  const tokens: string[] = [];
  for (const alt of captions) {
    const start = found.tokens.length;
    appendTokens(alt, found);
    tokens.push(BORDER_TOKEN);
    for (const token of found.tokens.slice(start)) tokens.push(ALT_SIGN + token);
  }
  return { ...found, tokens };
}

const NO_TEXT: TextTokens = createTextTokens();

function marksOf(post: SearchablePost, characters: ReadonlySet<string>, time: PostTime): Set<string> {
  const marks = new Set<string>();
  for (const character of characters) marks.add(`~${character}`);
  for (const tag of post.tags) marks.add(tagToken(tag));
  for (const mark of cashtagTokens(post.text)) marks.add(mark);
  for (const did of post.mentions) marks.add(mentionToken(did));
  for (const lang of post.langs) for (const mark of langTokens(lang)) marks.add(mark);
  if (post.hasEmbeddedMedia) marks.add(MEDIA_TOKEN);
  for (const link of post.links) {
    const domains = domainTokens(link);
    if (domains.length > 0) marks.add(addressToken(link));
    for (const mark of domains) marks.add(mark);
  }
  for (const mark of backdatedTokens(time)) marks.add(mark);
  return marks;
}

/** What a part of a query requires of a post's tokens: every word with any accents, each phrase as written, every mark. */
export interface QueryTokens {
  readonly words: readonly string[];
  readonly phrases: readonly (readonly string[])[];
  readonly marks: readonly string[];
}

/**
 * What finds `text`, a word of a query: with or without accents where it is one word, else as exactTokens() does. All lists are
 * empty when nothing in it can be found.
 */
export function queryTokens(text: string): QueryTokens {
  const { phrases, marks } = exactTokens(text);
  return {
    words: phrases.filter((phrase) => phrase.length === 1).flat(),
    phrases: phrases.filter((phrase) => phrase.length > 1),
    marks,
  };
}

/**
 * What finds `text` as it is written, a quoted phrase or what must not be there. A lone character of a script without spaces is
 * searched for by its mark, since in a longer run it is not a token of its own.
 */
export function exactTokens(text: string): QueryTokens {
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
  return { words: [], phrases, marks: [...marks] };
}

/** What finds in alternative texts what these tokens find in any text. */
export function altTokens({ words, phrases, marks }: QueryTokens): QueryTokens {
  const ofAlt = (token: string) => ALT_SIGN + token;
  return { words: words.map(ofAlt), phrases: phrases.map((phrase) => phrase.map(ofAlt)), marks: marks.map(ofAlt) };
}
