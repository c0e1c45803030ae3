import {
  type HttpServer,
  InvalidRequestError,
  onceOf,
  optionalOnce,
  RateLimitExceededError,
  wholeNumber,
} from '@updraft/service';
import { type FoundPost, handlesOf } from '@updraft/store';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import { formatCursor } from '../query/search-cursor.ts';
import { postUri } from '../query/shown-posts.ts';
import { readCursor, readQuery, runSearch } from './run-search.ts';

/** The parameters of every search. */
export const searchFields = {
  q: onceOf('q'),
  sort: z.enum(['latest', 'top'], { error: "expected 'latest' or 'top'" }).default('latest'),
  limit: wholeNumber({ min: 1, max: 100, preset: 25, pattern: /^\d{1,9}$/ }),
  cursor: optionalOnce,
};
const foundPost = z
  .object({
    uri: z.string(),
    did: z.string(),
    handle: z.string().optional(),
    text: z.string(),
    created_at: z.iso.datetime(),
    langs: z.array(z.string()).readonly(),
    tags: z.array(z.string()).readonly(),
    has_embedded_media: z.boolean(),
    parent_uri: z.string(),
    root_uri: z.string(),
    quote_uri: z.string(),
    num_likes: z.int().optional(),
  })
  .meta({ id: 'Post' });

const schema = {
  summary: 'Posts that match, the newest first or the most liked of the last 24 hours',
  querystring: z.object(searchFields),
  response: { 200: z.object({ posts: z.array(foundPost), cursor: z.string().optional() }) },
};

/** GET /search/posts: posts that match, the newest first or the most liked of the last 24 hours. */
export function searchPostsRoute(app: HttpServer, context: SearchContext): void {
  app.get('/search/posts', { schema, config: { errors: [RateLimitExceededError] } }, async (request, reply) => {
    const { q, sort, limit, cursor } = request.query;
    const query = readQuery(q, InvalidRequestError);
    const page = await runSearch(context, request, reply, {
      query,
      sort,
      limit,
      cursor: readCursor(cursor),
      viewer: undefined,
    });
    const handles = await handlesOf(context.clickhouse, [...new Set(page.posts.map(({ did }) => did))]);
    return {
      posts: page.posts.map((post) => toView(post, handles.get(post.did))),
      ...(page.cursor === undefined ? {} : { cursor: formatCursor(page.cursor) }),
    };
  });
}

function toView(post: FoundPost, handle: string | undefined): z.output<typeof foundPost> {
  return {
    uri: postUri(post),
    did: post.did,
    ...(handle === undefined ? {} : { handle }),
    text: post.text,
    created_at: new Date(post.sortAtMs).toISOString(),
    langs: post.langs,
    tags: post.tags,
    has_embedded_media: post.hasEmbeddedMedia,
    parent_uri: post.parentUri,
    root_uri: post.rootUri,
    quote_uri: post.quoteUri,
    ...(post.numLikes === undefined ? {} : { num_likes: post.numLikes }),
  };
}
