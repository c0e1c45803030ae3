import { createHash } from 'node:crypto';
import { type Feed, isPersonal, type ServiceIdentity } from '@updraft/feeds';
import type { HttpServer } from '@updraft/service';
import { z } from 'zod';
import type { FeedgenContext } from './context.ts';
import { describeFeed, feedPageUrl, feedTitle } from './feed-names.ts';

const response = { 200: { description: 'A page', content: { 'text/html': { schema: z.string() } } } };

/** GET /: what this is, and its feeds by name. */
export function landingPage(app: HttpServer, context: FeedgenContext): void {
  const html = render(context);
  app.get('/', { schema: { summary: 'What this is, and its feeds by name', response } }, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', `default-src 'none'; style-src '${STYLE_HASH}'; frame-ancestors 'none'`)
      .send(html),
  );
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8884; }
code { word-break: break-all; }
`;
/** By which the page's policy knows its style. */
const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;

function render({ service, file }: FeedgenContext): string {
  const rows = [...file.feeds.values()].map((feed) => renderFeed(feed, service)).join('\n');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Updraft feeds</title>
<style>${STYLE}</style>
<h1>Updraft feeds</h1>
<p>This is a Bluesky feed generator, <code>${escape(service.did)}</code>. <a href="/openapi.json">openapi.json</a> describes its methods.</p>
<table>
<tr><th>Feed</th><th>What it shows</th><th>Readers</th></tr>
${rows}
</table>
</html>
`;
}

const READERS: Record<Feed['audience'], string> = {
  everyone: 'everyone',
  'signed-in': 'everyone who is signed in',
  members: 'its members',
};

function renderFeed(feed: Feed, service: ServiceIdentity): string {
  const link = `<a href="${escape(feedPageUrl(feed, service))}">${escape(feedTitle(feed))}</a>`;
  const path = `/feeds/${encodeURIComponent(feed.alias)}`;
  const documents =
    feed.audience === 'everyone' && !isPersonal(feed)
      ? ` <a href="${path}.rss">RSS</a> <a href="${path}.json">JSON</a>`
      : '';
  return `<tr><td>${link}<br><code>${escape(feed.alias)}</code>${documents}</td><td>${escape(describeFeed(feed))}</td><td>${READERS[feed.audience]}</td></tr>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
