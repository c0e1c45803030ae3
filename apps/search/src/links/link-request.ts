import { domainOf, isDid, parseAtUri } from '@updraft/atproto';
import { InvalidRequestError } from '@updraft/service';
import { LINK_KIND_NAMES, LINK_KINDS, type LinkKindName, type LinkTarget } from '@updraft/store';

export interface Target {
  readonly to: LinkTarget;
  /** As links write it. */
  readonly text: string;
}

/** What links can lead to. @throws InvalidRequestError for anything else */
export function readTarget(text: string): Target {
  if (isDid(text)) return { to: 'account', text };
  if (/^https?:\/\//i.test(text)) {
    if (domainOf(text) !== undefined) return { to: 'page', text };
    throw new InvalidRequestError('target: expected an address with a domain');
  }
  const uri = parseAtUri(text);
  if (uri === undefined)
    throw new InvalidRequestError('target: expected the at-uri of a record, a DID or a web address');
  if (!isDid(uri.authority))
    throw new InvalidRequestError('target: expected the DID of the account in place of its handle, as links have it');
  if (uri.collection === '') return { to: 'account', text: uri.authority };
  if (uri.rkey === '') throw new InvalidRequestError('target: expected an at-uri with the key of a record');
  return { to: 'record', text };
}

/** Which links are asked for: by `kind`, or as services for backlinks name them, by `collection` and `path`. */
export interface WantedLinks {
  readonly kind?: LinkKindName | undefined;
  readonly collection?: string | undefined;
  readonly path?: string | undefined;
}

/** The kinds of links to this target that are asked for, at least one. @throws InvalidRequestError when there is none */
export function kindsOf({ to }: Target, { kind, collection, path }: WantedLinks): readonly LinkKindName[] {
  if (collection === undefined && path !== undefined)
    throw new InvalidRequestError('path: it needs the collection of the records');
  const possible = LINK_KIND_NAMES.filter((name) => LINK_KINDS[name].to === to);
  const asked = possible.filter((name) => {
    const is = LINK_KINDS[name];
    return (
      (kind === undefined || kind === name) &&
      (collection === undefined || collection === is.collection) &&
      (path === undefined || withDot(path) === is.path)
    );
  });
  if (asked.length > 0) return asked;
  throw new InvalidRequestError(
    `${kind === undefined ? 'collection' : 'kind'}: no such link leads to this target; ${possible.map(describe).join(', ')} do`,
  );
}

/** As services name a source today, without the first dot. */
function withDot(path: string): string {
  return path.startsWith('.') ? path : `.${path}`;
}

function describe(name: LinkKindName): string {
  const { collection, path } = LINK_KINDS[name];
  return `${name} (${collection}, ${path})`;
}
