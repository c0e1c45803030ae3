import { itemKey } from '@updraft/store';
import { LRUCache } from 'lru-cache';
import type { Build, FeedPost } from '../builds/build.ts';
import { formatCursor } from '../builds/cursor.ts';
import { takePage } from '../builds/page.ts';
import { isPersonalId } from '../personal/personal-build.ts';
import type { SeenView } from '../seen/seen-posts.ts';
import type { Reader } from './readership.ts';

/** A page as it goes out. */
export interface RenderedPage {
  /** `"feed":[…],"cursor":"…"`: the reply without its braces. */
  readonly fields: string;
  readonly posts: readonly FeedPost[];
  /** itemKey() of each post. */
  readonly keys: readonly ReturnType<typeof itemKey>[];
}

export interface PageRequest {
  readonly alias: string;
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
  return (request) => {
    const { alias, build, offset, limit, reader, seen } = request;
    if (seen !== undefined || isPersonalId(build.id)) return render(request); // nobody else asks for it
    const key = `${alias}|${build.id}|${offset}|${limit}|${reader.version()}`;
    const known = pages.get(key);
    if (known !== undefined) return known;
    const page = render(request);
    pages.set(key, page);
    return page;
  };
}

function render({ alias, build, offset, limit, reader, seen }: PageRequest): RenderedPage {
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
  const fields = flat(`"feed":[${posts.map((post) => post.json).join(',')}]${cursor}`);
  return { fields, posts, keys: posts.map(({ uri }) => itemKey(uri)) };
}

/** The text in one piece. V8 keeps a joined text as pieces, and would copy them together each time it is sent. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}
