import { readFile } from 'node:fs/promises';
import { SetupError } from '@updraft/service';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Feed, FeedsFile } from './feed.ts';
import { type FeedEntry, feedsFileSchema } from './schema.ts';
import { expandVariants } from './variants.ts';
import { describeIssue, type YamlText, yamlFault } from './yaml-faults.ts';

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
  const yaml = readYaml(text, path);
  return { ...checkFeeds(toValue(yaml), (issue) => describeIssue(issue, yaml)), text };
}

/** @throws FeedsFileError of what is not YAML */
export function readYaml(text: string, path: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const fault = yamlFault(document);
  if (fault !== undefined) throw new FeedsFileError([`${path}:${lines.linePos(fault.at).line}: ${fault.message}`]);
  return { document, lines, path };
}

/** The feeds that a file's value stands for. `describe` says where a fault is and what. @throws FeedsFileError that names all faults */
export function checkFeeds(value: unknown, describe: (issue: z.core.$ZodIssue) => string): Omit<FeedsFile, 'text'> {
  const checked = feedsFileSchema.safeParse(value, { reportInput: true });
  const fail = (issues: readonly z.core.$ZodIssue[]) => new FeedsFileError(issues.map(describe));
  if (!checked.success) throw fail(checked.error.issues);
  const { feeds, issues } = readVariants(value, checked.data.feeds);
  if (issues.length > 0) throw fail(issues);
  return { feeds, links: checked.data.links ?? {} };
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

/** Aliases expand at most 100-fold, so that a slip of the operator does not fill the memory. */
export function toValue({ document, path }: YamlText): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new FeedsFileError([`${path}: ${cause instanceof Error ? cause.message : 'not YAML'}`]);
  }
}
