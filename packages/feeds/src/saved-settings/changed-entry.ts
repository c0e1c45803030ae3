import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, type Pair, parseDocument, stringify } from 'yaml';

/** A null takes the setting away. */
type Settings = Readonly<Record<string, unknown>>;

/** An entry's YAML with other values for some of its settings. What is not changed stays as it is written. */
export function withValues(text: string, settings: Settings): string {
  const document = parseDocument(text);
  for (const [name, value] of Object.entries(settings)) {
    if (value === null) document.delete(name);
    else document.set(name, document.createNode(value));
  }
  const spliced = Object.entries(settings).reduce((sum, [name, value]) => splice(sum, name, value), text);
  const read = parseDocument(spliced);
  // Where values span lines or stand in braces, the splice may have missed.
  if (read.errors.length === 0 && isDeepStrictEqual(read.toJS(), document.toJS())) return spliced;
  return document.toString({ lineWidth: 0 });
}

function splice(text: string, name: string, value: unknown): string {
  const { contents } = parseDocument(text);
  const pair = isMap(contents) ? contents.items.find(({ key }) => isScalar(key) && key.value === name) : undefined;
  const place = pair === undefined ? undefined : placeOf(pair);
  const written = stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
  if (place === undefined) return value === null ? text : `${text.trimEnd()}\n${name}: ${written}\n`;
  const { keyAt, from, to } = place;
  if (value !== null) return `${text.slice(0, from)}${written}${text.slice(to)}`;
  const next = text.indexOf('\n', to);
  return text.slice(0, keyAt) + (next < 0 ? '' : text.slice(next + 1));
}

/** Where the key begins, and from where to where the value stands. */
function placeOf({ key, value }: Pair): { keyAt: number; from: number; to: number } | undefined {
  const [of, at] = [isNode(key) ? key.range : undefined, isNode(value) ? value.range : undefined];
  return of && at ? { keyAt: of[0], from: at[0], to: at[1] } : undefined;
}
