/** The columns of a post's row that its JSON is made of. */
export interface PostColumns {
  /** Milliseconds since 1970. */
  readonly sortAt: number;
  readonly langs: readonly string[];
  readonly parentUri: string;
  readonly rootUri: string;
  readonly text: string;
  readonly quoteUri: string;
}

/**
 * The part of a post's recordJson() that its columns don't give: that JSON with a control character in place of each part that they do give.
 * JSON has no control characters of its own, so postJson() can make it whole again for any record. The view repo_records does the same in SQL.
 */
export function postRest(json: string, columns: PostColumns): string {
  let rest = replaceFirst(json, beginning(columns), BEGINNING);
  rest = replaceFirst(rest, langs(columns), LANGS);
  if (columns.parentUri !== '') rest = replaceFirst(rest, reply(columns), REPLY);
  rest = replaceFirst(rest, text(columns), TEXT);
  return columns.quoteUri === '' ? rest : replaceFirst(rest, quote(columns), QUOTE);
}

/** The recordJson() of a post again. */
export function postJson(rest: string, columns: PostColumns): string {
  let json = put(rest, QUOTE, quote, columns);
  json = put(json, TEXT, text, columns);
  json = put(json, REPLY, reply, columns);
  json = put(json, LANGS, langs, columns);
  return put(json, BEGINNING, beginning, columns);
}

/** What postRest() kept, as JSON: an empty member stands for each that the columns give. */
export function restJson(rest: string): string {
  return MARKS.reduce((json, mark) => json.replace(mark, '"":0'), rest);
}

const BEGINNING = '\u0001';
const LANGS = '\u0002';
const REPLY = '\u0003';
const TEXT = '\u0004';
const QUOTE = '\u0005';
/** Each stands in a rest once at the most. */
const MARKS = [BEGINNING, LANGS, REPLY, TEXT, QUOTE];

const beginning = ({ sortAt }: PostColumns): string =>
  `"$type":"app.bsky.feed.post","createdAt":"${new Date(sortAt).toISOString()}"`;
const langs = (columns: PostColumns): string => `"langs":["${columns.langs.join('","')}"]`;
const reply = ({ parentUri, rootUri }: PostColumns): string =>
  `"reply":{"parent":{"uri":"${parentUri}"},"root":{"uri":"${rootUri}"}}`;
const text = (columns: PostColumns): string => `"text":"${escaped(columns.text)}"`;
const quote = ({ quoteUri }: PostColumns): string => `"uri":"${quoteUri}"`;

/** Escapes only what most texts have. A text with other escapes differs from its JSON, and then the JSON is kept. */
function escaped(value: string): string {
  return ESCAPED.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value;
}

const ESCAPED = /[\\"\n]/;

function put(json: string, mark: string, part: (columns: PostColumns) => string, columns: PostColumns): string {
  return json.includes(mark) ? replaceFirst(json, mark, part(columns)) : json;
}

function replaceFirst(where: string, what: string, by: string): string {
  const at = where.indexOf(what);
  return at < 0 ? where : where.slice(0, at) + by + where.slice(at + what.length);
}
