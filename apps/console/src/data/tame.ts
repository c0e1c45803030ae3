const MAX_NAME_GRAPHEMES = 64;
const MAX_MARKS = 3;
const graphemes = new Intl.Segmenter();

/** Control characters, and those that turn the direction of text or hide in it. Joiners stay: emoji and some scripts need them. */
const UNSHOWN =
  /[\p{Cc}\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;
const STACKED_MARKS = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu');

/** A stranger's name as one line of bounded height and length: nothing in it reaches what stands around it. */
export function tameName(name: string): string {
  const line = name
    .slice(0, 4_096)
    .toWellFormed()
    .replaceAll(UNSHOWN, ' ')
    .replaceAll(STACKED_MARKS, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const parts = Array.from(graphemes.segment(line), ({ segment }) => segment);
  return parts.length > MAX_NAME_GRAPHEMES ? `${parts.slice(0, MAX_NAME_GRAPHEMES - 1).join('')}…` : line;
}
