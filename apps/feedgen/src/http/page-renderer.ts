import { isPersonal, isToldApart } from '@updraft/feeds';
import { itemKey } from '@updraft/store';
import { LRUCache } from 'lru-cache';
import type { Build, FeedPost } from '../builds/build.ts';
import { formatCursor } from '../builds/cursor.ts';
import { takePage } from '../builds/page.ts';
import { isPersonalId } from '../personal/personal-build.ts';
import type { SeenView } from '../seen/seen-posts.ts';
import { feedContexts } from './feed-context.ts';
import type { Reader } from './readership.ts';

/** A page as it goes out. */
export interface RenderedPage {
  /** `"feed":[…],"cursor":"…"`: the reply without its braces. */
  readonly fields: string;
  readonly posts: readonly FeedPost[];
  /** itemKey() of each post, where what comes back is told apart. */
  readonly keys: readonly ItemKey[];
}

type ItemKey = ReturnType<typeof itemKey>;

export interface PageRequest {
  readonly build: Build;
  readonly offset: number;
  readonly limit: number;
  readonly reader: Reader;
  /** Of a feed that hides what the viewer has seen. Such a page is this viewer's alone. */
  readonly seen?: SeenView | undefined;
}

/** Pages that are kept: most readers ask for the same few. */
const MAX_PAGES = 2_000;

/** Renders pages and remembers them. A build never changes, so a page changes only when `reader.version` does. */
export function createPageRenderer(): (request: PageRequest) => RenderedPage {
  const pages = new LRUCache<string, RenderedPage>({ max: MAX_PAGES });
  const keyOf = createKeys();
  return (request) => {
    const { build, offset, limit, reader, seen } = request;
    if (seen !== undefined || isPersonalId(build.id)) return render(request, keyOf); // nobody else asks for it
    const key = `${reader.feed.alias}|${build.id}|${offset}|${limit}|${reader.version()}`;
    const known = pages.get(key);
    if (known !== undefined) return known;
    const page = render(request, keyOf);
    pages.set(key, page);
    return page;
  };
}

function render({ build, offset, limit, reader, seen }: PageRequest, keyOf: (post: FeedPost) => ItemKey): RenderedPage {
  const { alias } = reader.feed;
  // Pinned posts stay: it is the operator who wants them to be seen.
  const isCut = (post: FeedPost) =>
    reader.isCut(post) || build.leavesOut?.(post) === true || (!post.isPinned && seen?.has(post.uri) === true);
  const { posts, next } = takePage(build, offset, limit, isCut);
  const lastUri = posts.at(-1)?.uri;
  const cursor =
    next === undefined || lastUri === undefined // a page without posts is the last one
      ? ''
      : `,"cursor":"${formatCursor({ alias, buildId: build.id, offset: next, lastUri })}"`;
  // Each post has its JSON ready: a page only joins it.
  const isTold = isToldApart(reader.feed);
  const isFallback = isPersonal(reader.feed) && !isPersonalId(build.id);
  const contexts = isTold ? feedContexts({ build, offset, variant: reader.variant, isFallback }, posts) : [];
  const items = posts.map(({ json }, index) => withContext(json, contexts[index]));
  return { fields: flat(`"feed":[${items.join(',')}]${cursor}`), posts, keys: isTold ? posts.map(keyOf) : [] };
}

function withContext(json: string, context: string | undefined): string {
  return context === undefined ? json : `${json.slice(0, -1)},"feedContext":${JSON.stringify(context)}}`;
}

/** Builds of a feed share their posts, so each key is made once. */
function createKeys(): (post: FeedPost) => ItemKey {
  const keys = new WeakMap<FeedPost, ItemKey>();
  return (post) => {
    const known = keys.get(post);
    if (known !== undefined) return known;
    const key = itemKey(post.uri);
    keys.set(post, key);
    return key;
  };
}

/** The text in one piece. V8 keeps a joined text as pieces, and would copy them together each time it is sent. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}
