import { isJsonObject } from './json-object.ts';
import { restJson } from './post-form.ts';

/**
 * The values of the labels that an author put on a record: `labels`, when it is of com.atproto.label.defs#selfLabels. Empty for anything else.
 * Never throws.
 */
export function readSelfLabels(record: unknown): string[] {
  const labels = isJsonObject(record) ? record.labels : undefined;
  if (!isJsonObject(labels) || labels.$type !== 'com.atproto.label.defs#selfLabels' || !Array.isArray(labels.values))
    return [];
  return labels.values.flatMap((label) => (isJsonObject(label) && typeof label.val === 'string' ? [label.val] : []));
}

/**
 * readSelfLabels() of a post by what postRest() kept of its JSON. A member that the columns give is no part of the labels, so any other may
 * stand in for it.
 * @throws SyntaxError for what postRest() didn't make
 */
export function selfLabelsOfRest(rest: string): string[] {
  return readSelfLabels(JSON.parse(restJson(rest)));
}
