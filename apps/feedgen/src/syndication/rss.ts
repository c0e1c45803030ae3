import type { DocumentItem, FeedDocument } from './feed-document.ts';

/** RSS 2.0. `selfUrl` is where the document is. Sources: https://www.rssboard.org/rss-specification and rss-profile */
export function renderRss({ title, description, pageUrl, items }: FeedDocument, selfUrl: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>${xml(title)}</title>
<link>${xml(pageUrl)}</link>
<description>${xml(description)}</description>
<atom:link href="${xml(selfUrl)}" rel="self" type="application/rss+xml"/>
<generator>Updraft</generator>
${items.map(renderItem).join('')}</channel>
</rss>
`;
}

function renderItem({ id, url, title, text, atMs, handle }: DocumentItem): string {
  const creator = handle === '' ? '' : `<dc:creator>${xml(`@${handle}`)}</dc:creator>\n`;
  return `<item>
<title>${xml(title)}</title>
<link>${xml(url)}</link>
<guid isPermaLink="false">${xml(id)}</guid>
<pubDate>${new Date(atMs).toUTCString()}</pubDate>
${creator}<description>${xml(html(text))}</description>
</item>
`;
}

/** A description is HTML. Each paragraph finds its own direction. */
function html(text: string): string {
  return `<p dir="auto">${escape(text).replaceAll(/\r\n?|\n/g, '<br>')}</p>`;
}

/** Text within an element or an attribute of XML, without the characters that XML has no way to write. Its lines end as in XML. */
function xml(text: string): string {
  return escape(text.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll(FORBIDDEN, ''));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
// oxlint-disable-next-line no-control-regex -- these are what XML forbids
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
