import { type Document, isMap, isScalar, type LineCounter, visit } from 'yaml';
import type { z } from 'zod';

/** A text of YAML, for saying where its faults are. */
export interface YamlText {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  /** What messages call it. */
  readonly path: string;
}

/** What the YAML itself has wrong: the first fault. An unquoted !hide is a tag without a value, of which the parser only warns. */
export function yamlFault(document: Document.Parsed): { message: string; at: number } | undefined {
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

/** One line for people: where, which setting, what was expected there. */
export function describeIssue(issue: z.core.$ZodIssue, { document, lines, path }: YamlText): string {
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
