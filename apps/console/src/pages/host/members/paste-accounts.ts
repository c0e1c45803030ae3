/** What a pasted text names. */
export interface Pasted {
  /** Handles, DIDs and addresses, each once, in their order. */
  readonly accounts: readonly string[];
  /** How often the text names one again. */
  readonly repeated: number;
  /** Beginnings of words that are too long to be an account. */
  readonly tooLong: readonly string[];
}

/** The most characters that the server takes for one account. */
const MAX_LENGTH = 2_048;

/** Reads accounts out of a text. Anything that no handle, DID or address holds may stand between them: commas, tabs, quotes, brackets, bullets. */
export function readPastedAccounts(text: string): Pasted {
  const words = text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .split(BETWEEN)
    .map(bareName)
    .filter((word) => WORTHY.test(word));
  const accounts = new Map<string, string>();
  const tooLong: string[] = [];
  for (const word of words) {
    if (word.length > MAX_LENGTH) tooLong.push(`${word.slice(0, 40)}…`);
    else if (!accounts.has(word.toLowerCase())) accounts.set(word.toLowerCase(), word);
  }
  return {
    accounts: [...accounts.values()],
    repeated: words.length - tooLong.length - accounts.size,
    tooLong,
  };
}

/** The list in parts of at most `size`. */
export function inParts<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, part) => list.slice(part * size, (part + 1) * size));
}

/** They only steer how text is shown; apps put them around handles. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const BETWEEN = /[^\p{L}\p{M}\p{N}._:%@/?#=&~+*!-]+/u;
const WORTHY = /[\p{L}\p{N}]/u;

/** Without what a list puts before and after a name. */
function bareName(word: string): string {
  let start = 0;
  let end = word.length; // a regular expression takes the square of a long run
  while (start < end && '@.:-*+#=/!'.includes(word.charAt(start))) start++;
  while (end > start && '.:-*!?'.includes(word.charAt(end - 1))) end--;
  return word.slice(start, end);
}
