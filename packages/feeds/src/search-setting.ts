import { type PostQuery, parsePostQuery, QuerySyntaxError, type Term } from '@updraft/atproto';
import { RE2JS } from 're2js';
import { z } from 'zod';

const MAX_PATTERN = 200;

/** The query of a search feed, in the language of docs/search.md. */
export const searchQuery = z.string().superRefine((text, context) => {
  const query = readQuery(text);
  const fault =
    query instanceof QuerySyntaxError ? query.message : asksForMe(query) ? "'me' is nobody here" : undefined;
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/** A regular expression as ClickHouse has them. Compiled here only to refuse a wrong one. */
export const pattern = z
  .string()
  .min(1)
  .max(MAX_PATTERN)
  .refine((text) => !text.includes('\0'), { error: 'expected no NUL' })
  .refine((text) => sizeOf(text) <= MAX_SIZE, {
    error: 'expected fewer repetitions: ClickHouse would refuse it as too large',
  })
  .refine((text) => !UNKNOWN_CLASS.test(text), {
    error:
      'expected a script or a general category in \\p{…}, such as \\p{Greek} or \\p{Lu}: ClickHouse knows no other class',
  })
  .superRefine((text, context) => {
    try {
      RE2JS.compile(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: 'custom', message: `expected a regular expression of RE2: ${reason}` });
    }
  });

/** Classes of characters that RE2JS has and ClickHouse's RE2 lacks: properties, and the scripts of Unicode 16 and later. */
const UNKNOWN_CLASS =
  /\\p\{\^?(?:Cn|LC|Assigned|ASCII_Hex_Digit|Alphabetic|Dash|Emoji\w*|Extended_Pictographic|Hex_Digit|Lowercase|Math|Quotation_Mark|Terminal_Punctuation|Uppercase|White_Space|Beria_Erfe|Garay|Gurung_Khema|Kirat_Rai|Ol_Onal|Sidetic|Sunuwar|Tai_Yo|Todhri|Tolong_Siki|Tulu_Tigalari|Unknown)\}/i;

/** At most so many characters, were all its repetitions written out within each other. ClickHouse refuses a few times as many. */
const MAX_SIZE = 1_000;

function sizeOf(text: string): number {
  const counts = [...text.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, least = '', most = '']) => Number(most || least));
  return counts.reduce((size, count) => size * Math.max(count, 1), text.length);
}

interface SearchSettings {
  readonly query: string;
  readonly authors?: string | undefined;
  readonly pattern?: string | undefined;
}

/** What a search would read too much for: the setting that is at fault, and what was expected. */
export function tooWide({
  query: text,
  authors,
  pattern: regexp,
}: SearchSettings): { setting: 'query' | 'pattern'; message: string } | undefined {
  const query = readQuery(text);
  if (query instanceof QuerySyntaxError) return undefined;
  const isOfAccounts = [...query.authors, ...query.mentions].some(({ isExcluded }) => !isExcluded);
  if (authors === undefined && !isOfAccounts && query.include.length === 0)
    return {
      setting: 'query',
      message:
        'this would read every post: expected a word, a #tag, from: or the like in it, or authors: LABEL beside it',
    };
  if (regexp !== undefined && authors === undefined && !isOfAccounts && query.include.every(isWide))
    return {
      setting: 'pattern',
      message: 'this would read every post: expected a word, a #tag, from: or the like in query',
    };
  return undefined;
}

/** Languages and has:media find a large share of all posts. */
function isWide({ words, phrases, marks }: Term): boolean {
  return words.length + phrases.length === 0 && marks.every((mark) => /^[=+]/.test(mark));
}

function asksForMe({ authors, mentions }: PostQuery): boolean {
  return [...authors, ...mentions].some(({ identifier }) => identifier === 'me');
}

function readQuery(text: string): PostQuery | QuerySyntaxError {
  try {
    return parsePostQuery(text);
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error;
    throw error;
  }
}
