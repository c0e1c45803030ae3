import type { FeedDocument } from './feed-document.ts';

/** JSON Feed 1.1. `selfUrl` is where the document is. Source: https://www.jsonfeed.org/version/1.1/ */
export function renderJsonFeed({ title, description, pageUrl, items }: FeedDocument, selfUrl: string): string {
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title,
    home_page_url: pageUrl,
    feed_url: selfUrl,
    description,
    items: items.map(({ id, url, title: itemTitle, text, atMs, handle, authorUrl }) => ({
      id,
      url,
      title: itemTitle,
      content_text: text.toWellFormed(),
      date_published: new Date(atMs).toISOString(),
      authors: [{ ...(handle !== '' && { name: `@${handle}` }), url: authorUrl }],
    })),
  });
}
