import { readFile } from 'node:fs/promises';
import { SetupError } from '@updraft/service';
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import type { Feed, FeedsFile } from './feed.ts';
import { type FeedEntry, feedsFileSchema } from './schema.ts';
import { expandVariants } from './variants.ts';

/** The faults of the feeds file, each as `path:line: where: what was expected`. */
export class FeedsFileError extends SetupError {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'FeedsFileError';
    this.faults = faults;
  }
}

/** Reads and validates the file. @throws FeedsFileError that names all faults */
export async function readFeedsFile(path: string): Promise<FeedsFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new SetupError(
      `the feeds file ${path} (FEEDS_FILE) can't be read: ${cause instanceof Error ? cause.message : ''}`,
    );
  }
  return parseFeedsFile(text, path);
}

/** The pure part: `path` is only for the messages. @throws FeedsFileError */
export function parseFeedsFile(text: string, path: string): FeedsFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fault = yamlFault(document);
  if (fault !== undefined) throw new FeedsFileError([`${path}:${lines.linePos(fault.at).line}: ${fault.message}`]);
  const value = toValue(document, path);
  const parsed = feedsFileSchema.safeParse(value, { reportInput: true });
  const fail = (issues: readonly z.core.$ZodIssue[]) =>
    new FeedsFileError(issues.map((issue) => describe(issue, document, lines, path)));
  if (!parsed.success) throw fail(parsed.error.issues);
  const { feeds, issues } = readVariants(value, parsed.data.feeds);
  if (issues.length > 0) throw fail(issues);
  return { feeds, links: parsed.data.links ?? {} };
}

/** The feeds with their variants, and the faults of these. */
function readVariants(value: unknown, entries: Readonly<Record<string, FeedEntry>>) {
  const raw = (value as { feeds: Record<string, object> }).feeds; // the schema has seen it
  const parse = (feeds: object) => feedsFileSchema.shape.feeds.safeParse(feeds, { reportInput: true });
  const feeds = new Map<string, Feed>();
  const issues: z.core.$ZodIssue[] = [];
  for (const [alias, feed] of Object.entries(entries)) {
    const given = 'variants' in feed ? feed.variants : undefined;
    const expanded = given === undefined ? undefined : expandVariants(raw, alias, given, parse);
    issues.push(...(expanded?.issues ?? []).map((issue) => ({ ...issue, path: ['feeds', ...issue.path] })));
    feeds.set(alias, { ...feed, alias, ...(expanded !== undefined && { variantFeeds: expanded.feeds }) });
  }
  return { feeds, issues };
}

/** What the YAML itself has wrong: the first fault. An unquoted !hide is a tag without a value, of which the parser only warns. */
function yamlFault(document: Document.Parsed): { message: string; at: number } | undefined {
  const [first] = document.errors;
  if (first !== undefined) return { message: first.message, at: first.pos[0] };
  const [tag] = document.warnings;
  if (tag !== undefined) return { message: `${tag.message}: what begins with ! needs quotes`, at: tag.pos[0] };
  let fault: { message: string; at: number } | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      fault = { message: `there is no &${alias.source} above this *${alias.source}`, at: alias.range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return fault;
}

/** Aliases expand at most 100-fold, so that a slip of the operator does not fill the memory. */
function toValue(document: Document.Parsed, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new FeedsFileError([`${path}: ${cause instanceof Error ? cause.message : 'not YAML'}`]);
  }
}

function describe(issue: z.core.$ZodIssue, document: Document.Parsed, lines: LineCounter, path: string): string {
  const keys = issue.path.filter((key) => typeof key !== 'symbol');
  const where = issue.code === 'unrecognized_keys' ? [...keys, ...issue.keys.slice(0, 1)] : keys;
  const line = lines.linePos(offsetOf(document, where)).line;
  const setting = where.length === 0 ? '' : `${where.join('.')}: `;
  return `${path}:${line}: ${setting}${expectation(issue, document.getIn(where, true))}`;
}

function expectation(issue: z.core.$ZodIssue, node: unknown): string {
  if (issue.code === 'unrecognized_keys') return 'there is no such setting here';
  if (issue.code === 'invalid_type' && issue.input === undefined) return `missing, expected ${issue.expected}`;
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  const expected = issue.message
    .replace(/^(?:Invalid (?:input|option|URL)|Too (?:big|small)): ?/, '')
    .replace(/, received .*$/, '');
  return `${expected.replace('expected record', 'expected object')}${got(issue, node)}`;
}

/** What the file says there, as it is written: a duration has become milliseconds. */
function got(issue: z.core.$ZodIssue, node: unknown): string {
  if (issue.input === null)
    return issue.code === 'invalid_type' && issue.expected === 'string'
      ? ', got nothing: what begins with # needs quotes'
      : ', got nothing';
  if (issue.input === undefined || typeof issue.input === 'object') return '';
  const text = JSON.stringify(isScalar(node) ? node.value : issue.input);
  return `, got ${text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text}`;
}

const MAX_QUOTED = 120;

/** The offset in the text of the last key of `path` that exists. */
function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  let offset = document.contents?.range[0] ?? 0;
  for (let depth = 1; depth <= path.length; depth++) {
    const parent: unknown = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1];
    const found = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
      : undefined;
    const node: unknown = found?.key ?? document.getIn(path.slice(0, depth), true);
    const range = isNodeWithRange(node) ? node.range : undefined;
    if (range === undefined) return offset;
    offset = range[0];
  }
  return offset;
}

function isNodeWithRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}
