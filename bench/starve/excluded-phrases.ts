/**
 * A search that costs an engine much: a long phrase of words that stand in most posts, and hardly ever in this order, without 29 phrases
 * of such words. No index knows which words are neighbours, so that the posts of the whole store are looked at.
 */
export function excludedPhrases(count: number, random: () => number): string {
  const word = () => `w${1 + Math.floor(random() * FREQUENT)}`;
  const phrase = (length: number) => `"${Array.from({ length }, word).join(' ')}"`;
  const excluded = Array.from({ length: count }, () => `-${phrase(2)}`);
  return [phrase(LONG), ...excluded].join(' ');
}

const FREQUENT = 12;
const LONG = 3;
