import { createHash } from 'node:crypto';
import type { Feed, ServiceIdentity } from '@updraft/feeds';
import { type ClickHouse, type FeedItem, handlesOf, readFeedItems, readStandingLabels } from '@updraft/store';
import { LRUCache } from 'lru-cache';
import type { Build, FeedPost } from '../builds/build.ts';
import { takePage } from '../builds/page.ts';
import { describeFeed, feedPageUrl, feedTitle } from '../http/feed-names.ts';
import type { Reader } from '../http/readership.ts';
import type { DocumentItem, FeedDocument } from './feed-document.ts';
import { itemTitle } from './item-title.ts';
import { renderJsonFeed } from './json-feed.ts';
import { renderRss } from './rss.ts';

/** RSS and JSON Feed of feeds. */
export interface Documents {
  /** The first posts of a build that show to the reader. */
  read(feed: Feed, format: DocumentFormat, build: Build, reader: Reader): Promise<RenderedDocument>;
}

export type DocumentFormat = 'rss' | 'json';

export interface RenderedDocument {
  readonly body: string;
  readonly etag: string;
}

const POSTS = 50;
/** How long a document is good while its build and its cuts stay: names change. */
const GOOD_FOR_MS = 60_000;
const MAX_DOCUMENTS = 500;

/** Remembers documents: each is made once for all who ask, until its build or what is cut of it changes. */
export function createDocuments({
  clickhouse,
  service,
}: {
  clickhouse: ClickHouse;
  service: ServiceIdentity;
}): Documents {
  const documents = new LRUCache<string, Promise<RenderedDocument>>({ max: MAX_DOCUMENTS, ttl: GOOD_FOR_MS });

  async function render(feed: Feed, format: DocumentFormat, posts: readonly FeedPost[]): Promise<RenderedDocument> {
    const document = await readDocument(clickhouse, service, feed, posts);
    const selfUrl = `${service.endpoint}/feeds/${encodeURIComponent(feed.alias)}.${format}`;
    const body = format === 'rss' ? renderRss(document, selfUrl) : renderJsonFeed(document, selfUrl);
    return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` };
  }

  return {
    read: (feed, format, build, reader) => {
      const key = `${feed.alias}|${format}|${build.id}|${reader.version()}`;
      const known = documents.get(key);
      if (known !== undefined) return known;
      const made = render(feed, format, takePage(build, 0, POSTS, reader.isCut).posts);
      documents.set(key, made);
      made.catch(() => documents.delete(key)); // its caller gets the rejection
      return made;
    },
  };
}

/** What accounts say that want nobody to read them who is not signed in. Source: the label values of com.atproto.label.defs */
const SIGNED_IN_ONLY = '!no-unauthenticated';

/** Posts that the index doesn't have, that show no more, or that are for signed-in readers only, are left out. */
async function readDocument(
  clickhouse: ClickHouse,
  service: ServiceIdentity,
  feed: Feed,
  posts: readonly FeedPost[],
): Promise<FeedDocument> {
  const uris = posts.map(({ uri }) => uri);
  const [found, labels] = await Promise.all([
    readFeedItems(clickhouse, uris),
    readStandingLabels(clickhouse, uris, { values: [SIGNED_IN_ONLY], nowMs: Date.now() }),
  ]);
  const handles = await handlesOf(clickhouse, [...new Set([...found.values()].map(({ did }) => did))]);
  return {
    title: feedTitle(feed),
    description: describeFeed(feed),
    pageUrl: feedPageUrl(feed, service),
    items: uris
      .filter((uri) => (labels.get(uri) ?? []).length === 0)
      .map((uri) => found.get(uri))
      .filter((item) => item !== undefined)
      .map((item) => documentItem(item, handles.get(item.did) ?? '')),
  };
}

function documentItem({ uri, did, rkey, text, sortAt }: FeedItem, handle: string): DocumentItem {
  const authorUrl = `https://bsky.app/profile/${encodeURIComponent(did)}`;
  const title = itemTitle(text) || (handle === '' ? 'A post' : `A post of @${handle}`);
  return {
    id: uri,
    url: `${authorUrl}/post/${encodeURIComponent(rkey)}`,
    title,
    text,
    atMs: sortAt,
    handle,
    authorUrl,
  };
}
