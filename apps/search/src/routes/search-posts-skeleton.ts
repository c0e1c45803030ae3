import { addressToken, domainOf, isDid, type PostQuery, readAccountName, withoutInvisible } from '@updraft/atproto';
import { atMostOnce, type HttpServer, namedError, RateLimitExceededError } from '@updraft/service';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import { formatCursor } from '../query/search-cursor.ts';
import { postUri } from '../query/shown-posts.ts';
import { readCursor, readQuery, runSearch } from './run-search.ts';
import { searchFields } from './search-posts.ts';

const account = atMostOnce
  .transform((text, check) => {
    const name = readAccountName(text);
    if (name !== undefined) return name.did ?? name.handle;
    check.addIssue({ code: 'custom', message: 'expected a handle or a DID' });
    return z.NEVER;
  })
  .optional();
const word = z.string().regex(/^[^\s"“”„]{1,640}$/u, { error: 'expected one word' });
/** A tag with or without its `#`. */
const tagWord = z
  .string({ error: 'expected one word' })
  .transform((text) =>
    withoutInvisible(text)
      .trim()
      .replace(/^[#＃﹟]\s*/u, ''),
  )
  .pipe(word);
const address = z
  .string({ error: 'expected once' })
  .refine((text) => domainOf(text) !== undefined, { error: 'expected a web address with a domain' })
  .optional();

/** Source: the lexicon app.bsky.unspecced.searchPostsSkeleton. */
const querystring = z.object({
  ...searchFields,
  since: word.optional(),
  until: word.optional(),
  mentions: account,
  author: account,
  lang: word.optional(),
  domain: word.optional(),
  url: address,
  tag: z.union([tagWord.transform((tag) => [tag]), z.array(tagWord).max(8)]).default([]),
  viewer: z
    .string()
    .refine((did) => isDid(did), { error: 'expected a DID' })
    .optional(),
});
const schema = {
  summary: 'The search of /search/posts for an AppView, by its lexicon',
  querystring,
  response: { 200: z.object({ posts: z.array(z.object({ uri: z.string() })), cursor: z.string().optional() }) },
};

class BadQueryStringError extends namedError(400, 'BadQueryString') {}
const errors = [BadQueryStringError, RateLimitExceededError];

/** GET /xrpc/app.bsky.unspecced.searchPostsSkeleton: the search of /search/posts for an AppView. */
export function searchPostsSkeleton(app: HttpServer, context: SearchContext): void {
  app.get('/xrpc/app.bsky.unspecced.searchPostsSkeleton', { schema, config: { errors } }, async (request, reply) => {
    const { sort, limit, cursor, viewer } = request.query;
    if (request.query.q.length > 1_000) throw new BadQueryStringError('a query may have 1000 characters');
    const query = withLink(readQuery(wholeQuery(request.query), BadQueryStringError), request.query.url);
    const page = await runSearch(context, request, reply, { query, sort, limit, cursor: readCursor(cursor), viewer });
    return {
      posts: page.posts.map((post) => ({ uri: postUri(post) })),
      ...(page.cursor === undefined ? {} : { cursor: formatCursor(page.cursor) }),
    };
  });
}

/** Posts must also link to this very address; the query's language has an operator for its domain only. */
function withLink(query: PostQuery, url: string | undefined): PostQuery {
  if (url === undefined) return query;
  return { ...query, include: [...query.include, { words: [], phrases: [], marks: [addressToken(url)] }] };
}

/** Adds the parameters as operators of the query. The query comes first, so that positions in error messages stay right. */
function wholeQuery(params: z.output<typeof querystring>): string {
  const operators = (['since', 'until', 'mentions', 'lang', 'domain'] as const).flatMap((name) => {
    const value = params[name];
    return value === undefined ? [] : [`${name}:${value}`];
  });
  const author = params.author === undefined ? [] : [`from:${params.author}`];
  const tags = params.tag.map((tag) => `#${tag}`);
  const ofLink = params.url === undefined ? [] : [`domain:${domainOf(params.url)}`];
  const own = params.q.trim() === '*' ? [] : [params.q];
  return [...own, ...author, ...operators, ...tags, ...ofLink].join(' ');
}
