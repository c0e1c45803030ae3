import { parseAtUri } from '@updraft/atproto';
import type { QueryParams } from '../clickhouse/types.ts';
import { isVisible } from '../tables/hidden-actors.ts';
import type { PostRule } from './fragments.ts';

/** Whose posts: a label's bearers, or the accounts of a list, by its at-uri. */
export type Authors = { readonly label: string } | { readonly list: string };

/** The rule on `did`; its parameters are authorsParams(). */
export function isByAuthors(authors: Authors): PostRule {
  return 'label' in authors ? { name: 'author label', sql: BEARS_LABEL } : { name: 'list', sql: IS_LISTED };
}

const BEARS_LABEL = 'did IN (SELECT actor_did FROM actor_labels FINAL WHERE label = {authorLabel:String})';
const IS_LISTED = `did IN (
        SELECT subject_did FROM list_items FINAL
        WHERE actor_did = {listOwner:String} AND list_uri = {list:String} AND ${isVisible})`;

/** Only a list's owner can put accounts on it. */
export function authorsParams(authors: Authors): QueryParams {
  if ('label' in authors) return { authorLabel: authors.label };
  return { list: authors.list, listOwner: parseAtUri(authors.list)?.authority ?? '' };
}
