import { type AccountTerm, mentionToken, type PostQuery, type Term } from '@updraft/atproto';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { didOfHandle } from '../../tables/actor-handles.ts';
import type { PostFilter } from './post-filter.ts';

/** The query with its accounts looked up; undefined when no post can match. `viewer` is the DID that `me` stands for. */
export async function queryFilter(
  clickhouse: ClickHouse,
  query: PostQuery,
  viewer?: string,
): Promise<PostFilter | undefined> {
  const didOf = async ({ identifier }: AccountTerm): Promise<string | undefined> => {
    if (identifier === 'me') return viewer;
    return identifier.startsWith('did:') ? identifier : didOfHandle(clickhouse, identifier);
  };
  const wanted = await Promise.all(query.authors.filter(({ isExcluded }) => !isExcluded).map(didOf));
  const unwanted = await Promise.all(query.authors.filter(({ isExcluded }) => isExcluded).map(didOf));
  const mentions = await Promise.all(
    query.mentions.map(async (term) => ({ did: await didOf(term), isExcluded: term.isExcluded })),
  );
  const [author, ...others] = [...new Set(wanted)];
  const isImpossible =
    wanted.includes(undefined) ||
    others.length > 0 ||
    mentions.some(({ did, isExcluded }) => did === undefined && !isExcluded) ||
    query.exclude.some((term) => isDemanded(term, query.include));
  if (isImpossible) return undefined;
  const marks = (isExcluded: boolean) =>
    mentions.flatMap(({ did, isExcluded: is }) =>
      did !== undefined && is === isExcluded ? [{ words: [], phrases: [], marks: [mentionToken(did)] }] : [],
    );
  return {
    include: [...query.include, ...marks(false)],
    exclude: [...query.exclude, ...marks(true)],
    author,
    excludedAuthors: unwanted.filter((did) => did !== undefined),
  };
}

/** Whether the query includes every word and mark of an excluded term, so that no post matches. Ignores longer phrases. */
function isDemanded({ phrases, marks }: Term, include: readonly Term[]): boolean {
  const wanted = new Set(include.flatMap((term) => [...term.words, ...term.phrases.flat(), ...term.marks]));
  return (
    phrases.every((phrase) => phrase.length === 1) && [...phrases.flat(), ...marks].every((token) => wanted.has(token))
  );
}
