/**
 * A word as people write it who leave its accents out; itself where they leave nothing out. Takes words of searchTokens() and
 * folds what the scripts' readers take for one letter: Latin and Greek letters with any marks, Latin letters with a stroke and
 * ligatures, Cyrillic ё and marks of stress, the points of Hebrew and Arabic. Not й, not the marks of kana, and no vowel sign of
 * an Indic script: these make other words. Folding twice changes nothing.
 */
export function foldAccents(word: string): string {
  if (!hasAccents(word)) return word;
  const folded = word
    .normalize('NFD')
    .replace(LATIN_OR_GREEK_MARKS, '$1')
    .replace(CYRILLIC_IO, 'е')
    .replace(CYRILLIC_STRESS, '$1')
    .replace(POINTS, '')
    .replace(OTHER_LETTERS, (letter) => PLAIN.get(letter) ?? letter)
    .normalize('NFC');
  if (folded === '' || folded === word) return word;
  return foldAccents(folded); // marks that stood between a letter and its own may be gone
}

/** Whether folding may change a word of this text, which searchTokens() has folded by case. */
export function hasAccents(text: string): boolean {
  return ACCENTED.test(text);
}

/** Whether some other word may be folded into this one. */
export function isFolded(word: string): boolean {
  return FOLDING_SCRIPT.test(word) && foldAccents(word) === word;
}

/** Letters that Unicode doesn't take for a letter with a mark, but that people also type without their mark. */
const PLAIN: ReadonlyMap<string, string> = new Map([
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['ħ', 'h'],
  ['ı', 'i'],
  ['ĸ', 'k'],
  ['ł', 'l'],
  ['ŋ', 'n'],
  ['þ', 'th'],
  ['ŧ', 't'],
]);

const OTHER_LETTERS = /[æœøđðħıĸłŋþŧ]/g;
const LATIN_OR_GREEK_MARKS = /([\p{sc=Latn}\p{sc=Grek}])\p{Mn}+/gu;
const CYRILLIC_IO = /е\u0308/g;
/** After vowels only: ѓ and ќ are letters of their own. */
const CYRILLIC_STRESS = /([аеёиоуыэюяіїєѣѵѐѝ])[\u0300\u0301]+/g;
/** Hebrew points and accents; Arabic harakat, superscript alef and tatweel. */
const POINTS = /[\p{sc=Hebr}&&\p{Mn}]|\u0640|[\u064B-\u0652]|\u0670/gv;
/** Whether folding can change anything, by one test: most words of most posts have none of these. */
const ACCENTED =
  /[\u00DF-\u024F\u0370-\u03FF\u0450\u0451\u045D\u1E00-\u1FFF]|[\u0300-\u036F]|[\u0591-\u05C7]|\u0640|[\u064B-\u0652]|\u0670/;
const FOLDING_SCRIPT = /[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hebr}\p{sc=Arab}]/u;
