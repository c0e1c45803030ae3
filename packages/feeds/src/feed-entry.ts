import { isDeepStrictEqual } from 'node:util';
import { isAlias, isMap, isScalar, stringify, visit } from 'yaml';
import type { z } from 'zod';
import type { FeedsFile } from './feed.ts';
import { checkFeeds, FeedsFileError, readYaml, toValue } from './read-feeds.ts';
import { describeIssue, type YamlText } from './yaml-faults.ts';

/** A feed's entry of the feeds file as it is written, with its comments. What it takes from elsewhere in the file is written out. */
export function entryText(file: FeedsFile, alias: string): string {
  const yaml = readYaml(file.text, 'feeds.yaml');
  const value = entriesIn(yaml)[alias];
  const written = writtenEntry(yaml, file.text, alias);
  return written !== undefined && isDeepStrictEqual(valueOf(written), value) ? written : stringify(value);
}

/**
 * The feeds as they would be with another entry for one of them. Faults name lines of the entry's text, which is `path` in messages.
 * @throws FeedsFileError
 */
export function withEntry(file: FeedsFile, alias: string, text: string, path = 'settings'): FeedsFile['feeds'] {
  requireSimple(text, path);
  const entry = readYaml(text, path);
  const whole = readYaml(file.text, 'feeds.yaml');
  const value = { ...(toValue(whole) as object), feeds: { ...entriesIn(whole), [alias]: toValue(entry) } };
  return checkFeeds(value, (issue) => describeIn(entry, alias, issue)).feeds;
}

/** What no entry needs, and what would keep the reader of YAML busy for seconds: many levels within each other. */
function requireSimple(text: string, path: string): void {
  const brackets = text.match(/[[{]/g)?.length ?? 0;
  if (brackets > MAX_BRACKETS || MANY_LEVELS.test(text))
    throw new FeedsFileError([
      `${path}: expected fewer levels within each other, and at most ${MAX_BRACKETS} brackets`,
    ]);
}

const MAX_BRACKETS = 200;
const MANY_LEVELS = /(?:[-?:][ \t]+){10}/;

/** The feeds' entries as the file has them. */
export function entriesOf(file: FeedsFile): Readonly<Record<string, unknown>> {
  return entriesIn(readYaml(file.text, 'feeds.yaml'));
}

function entriesIn(yaml: YamlText): Record<string, unknown> {
  return (toValue(yaml) as { feeds: Record<string, unknown> }).feeds; // the schema has seen it
}

/** A fault of another feed comes from this one's change. Its settings are its own hosts' affair. */
function describeIn(entry: YamlText, alias: string, issue: z.core.$ZodIssue): string {
  const [, name, ...path] = issue.path;
  if (name === alias) return describeIssue({ ...issue, path }, entry);
  return `${entry.path}: the feed ${String(name)} could not stay as it is with these settings`;
}

/** Undefined where the entry takes something from elsewhere in the file. */
function writtenEntry({ document }: YamlText, text: string, alias: string): string | undefined {
  const feeds: unknown = document.get('feeds', true);
  const pair = isMap(feeds) ? feeds.items.find(({ key }) => isScalar(key) && String(key.value) === alias) : undefined;
  const node = pair?.value;
  if (!isMap(node) || node.range === undefined || node.range === null || takesFromElsewhere(node)) return undefined;
  const [start, end] = node.range;
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  const indent = ' '.repeat(column);
  const lines = text.slice(start, end).split('\n');
  const written = lines.map((line) => (line.startsWith(indent) ? line.slice(column) : line)).join('\n');
  return `${written.trimEnd()}\n`;
}

function takesFromElsewhere(node: Parameters<typeof visit>[0]): boolean {
  let found = false;
  visit(node, {
    Node: (_, inner) => {
      found ||= isAlias(inner);
    },
  });
  return found;
}

function valueOf(text: string): unknown {
  try {
    return toValue(readYaml(text, 'settings'));
  } catch (error) {
    if (error instanceof FeedsFileError) return undefined;
    throw error;
  }
}
