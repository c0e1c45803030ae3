import { isFolded } from '@updraft/atproto';
import { asWritten, type Bind, type TokenTerm, tokensOf, WRITTEN_TOKENS } from './token-term.ts';

/**
 * Conditions that none of the terms hold. Single tokens are one query of the index, which takes a fifth of the time of 29; a match
 * is checked as written where folding may have added the word. Phrases are searched for all at once in the joined tokens, in half the time of
 * one search for each; a match is then checked exactly (a tag may contain the space that joins).
 */
export function exclusionSql(terms: readonly TokenTerm[], bind: Bind): string[] {
  const conditions: string[] = [];
  const [singles, rest] = [terms.filter(isSingle), terms.filter((term) => !isSingle(term))];
  const mayBeFold = ({ phrases }: TokenTerm) => phrases.flat().some(isFolded);
  const words = singles.filter(mayBeFold).flatMap(tokensOf);
  const marks = singles.filter((term) => !mayBeFold(term)).flatMap(tokensOf);
  if (words.length > 0) {
    const bound = bind(words, 'Array(String)');
    conditions.push(`NOT (hasAny(tokens, ${bound}) AND hasAny(${WRITTEN_TOKENS}, ${bound}))`);
  }
  if (marks.length > 0) conditions.push(`NOT hasAny(tokens, ${bind(marks, 'Array(String)')})`);
  const withPhrase = rest.filter((term) => longPhraseOf(term) !== undefined);
  if (withPhrase.length > 0) {
    const needles = withPhrase.map((term) => ` ${longPhraseOf(term)?.join(' ')} `);
    const anyPhrase = `multiSearchAny(concat(' ', arrayStringConcat(tokens, ' '), ' '), ${bind(needles, 'Array(String)')})`;
    conditions.push(`NOT (${anyPhrase} AND (${withPhrase.map((term) => holdsSql(term, bind)).join(' OR ')}))`);
  }
  const others = rest.filter((term) => longPhraseOf(term) === undefined);
  return [...conditions, ...others.map((term) => `NOT (${holdsSql(term, bind)})`)];
}

function isSingle(term: TokenTerm): boolean {
  return tokensOf(term).length === 1 && longPhraseOf(term) === undefined;
}

function longPhraseOf({ phrases }: TokenTerm): readonly string[] | undefined {
  return phrases.find((phrase) => phrase.length > 1);
}

/** A phrase that is checked says already that its words are there. */
function holdsSql(term: TokenTerm, bind: Bind): string {
  const phrase = longPhraseOf(term) ?? [];
  const open = tokensOf(term).filter((token) => !phrase.includes(token));
  const has = open.length > 0 ? [`hasAll(tokens, ${bind(open, 'Array(String)')})`] : [];
  return [...has, ...asWritten(term, bind)].join(' AND ');
}
