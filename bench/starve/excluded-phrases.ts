/**
 * An expensive search: a long phrase of words that most posts have, but hardly ever in this order, and excluded phrases of such words. No
 * index knows which words are neighbours, so the engine reads the posts of the whole store.
 */
export function excludedPhrases(count: number, random: () => number): string {
  const word = () => `w${1 + Math.floor(random() * FREQUENT)}`;
  const phrase = (length: number) => `"${Array.from({ length }, word).join(' ')}"`;
  const excluded = Array.from({ length: count }, () => `-${phrase(2)}`);
  return [phrase(LONG), ...excluded].join(' ');
}

const FREQUENT = 12;
const LONG = 3;
