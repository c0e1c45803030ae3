import { isHandle } from '@updraft/atproto';
import { type HttpServer, InvalidRequestError, onceOf } from '@updraft/service';
import { didOfHandle } from '@updraft/store';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import { redirect, uriText } from '../redir/redir.ts';

const schema = {
  summary: 'An at-uri leads to its page of bsky.app; such a page is answered with its at-uri as text',
  querystring: z.object({ q: onceOf('q') }),
  response: {
    200: { description: 'The at-uri of a page', content: { 'text/plain': { schema: z.string() } } },
    302: z.undefined().describe('To the page of an at-uri'),
  },
};

/**
 * GET /redir?q=: redirects an at-uri to its page of bsky.app, and answers such a page with its at-uri as text, with the DID when
 * the index knows the handle.
 */
export function redir(app: HttpServer, { clickhouse }: SearchContext): void {
  app.get('/redir', { schema }, async (request, reply) => {
    const found = redirect(request.query.q);
    if (found === undefined) {
      const what = 'q: expected the at-uri or the bsky.app page of a profile, post, feed, list or starter pack';
      throw new InvalidRequestError(what);
    }
    if (found.kind === 'page') return reply.redirect(found.url, 302);
    const did = isHandle(found.authority) ? await didOfHandle(clickhouse, found.authority) : undefined;
    return reply.type('text/plain; charset=utf-8').send(uriText({ ...found, authority: did ?? found.authority }));
  });
}
