import type { HttpServer } from '@updraft/service';
import { type FoundPost, handlesOf } from '@updraft/store';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import { formatCursor } from '../query/search-cursor.ts';
import { onceOf, optionalOnce, wholeNumber } from './query-fields.ts';
import { readCursor, readQuery, runSearch } from './run-search.ts';

const querystring = z.object({
  q: onceOf('q'),
  sort: z.enum(['latest', 'top'], { error: "expected 'latest' or 'top'" }).default('latest'),
  limit: wholeNumber(1, 100, 25),
  cursor: optionalOnce,
});

/** GET /search/posts: posts that match, the newest first or the most liked of the last 24 hours. */
export function searchPostsRoute(app: HttpServer, context: SearchContext): void {
  app.get('/search/posts', { schema: { querystring } }, async (request, reply) => {
    const { q, sort, limit, cursor } = request.query;
    const query = readQuery(q, 'InvalidRequest');
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

function toView(post: FoundPost, handle: string | undefined): Record<string, unknown> {
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

export function postUri({ did, rkey }: Pick<FoundPost, 'did' | 'rkey'>): string {
  return `at://${did}/app.bsky.feed.post/${rkey}`;
}
