/** The text, indented where it is JSON, and visible. */
export function prettyJson(text: string): string {
  return visible(indented(text));
}

/** The text with escapes in place of characters that would turn or hide it. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (found) =>
    Array.from({ length: found.length }, (_, index) => escapeOf(found.charCodeAt(index))).join(''),
  );
}

/** Format characters such as bidi marks, and controls other than the newline and the tab. */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escapeOf(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

/** A number that JavaScript can't hold would come out changed, and the indents of a deep text take megabytes: such a text stays as it is. */
function indented(text: string): string {
  if (LONG_NUMBER.test(text) || isDeep(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

const MAX_DEPTH = 100;

/** Brackets in strings count, too: then a text may stay as it is without need. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const character of text)
    if ('[{'.includes(character)) depth++;
    else if (depth > MAX_DEPTH) return true;
    else if (']}'.includes(character)) depth--;
  return depth > MAX_DEPTH;
}

const LONG_NUMBER = /[:[,]\s*-?\d{16}|[:[,]\s*-?[\d.]+e/i;
