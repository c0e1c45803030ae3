import { LRUCache } from 'lru-cache';
import type { Build } from '../builds/build.ts';
import { formatCursor } from '../builds/cursor.ts';
import { takePage } from '../builds/page.ts';
import type { Reader } from './readership.ts';

/** A page as it goes out. */
export interface RenderedPage {
  /** `"feed":[…],"cursor":"…"`: the reply without its braces. */
  readonly fields: string;
  /** Posts in it. */
  readonly size: number;
}

/** Pages that are kept: most readers ask for the same few. */
const MAX_PAGES = 2_000;

/** Renders pages and remembers them. A build never changes, so a page changes only when `reader.version` does. */
export function createPageRenderer(): (
  alias: string,
  build: Build,
  offset: number,
  limit: number,
  reader: Reader,
) => RenderedPage {
  const pages = new LRUCache<string, RenderedPage>({ max: MAX_PAGES });
  return (alias, build, offset, limit, reader) => {
    const key = `${alias}|${build.id}|${offset}|${limit}|${reader.version()}`;
    const known = pages.get(key);
    if (known !== undefined) return known;
    const page = render(alias, build, offset, limit, reader);
    pages.set(key, page);
    return page;
  };
}

function render(alias: string, build: Build, offset: number, limit: number, { isCut }: Reader): RenderedPage {
  const { posts, next } = takePage(build, offset, limit, isCut);
  const lastUri = posts.at(-1)?.uri;
  const cursor =
    next === undefined || lastUri === undefined // a page without posts is the last one
      ? ''
      : `,"cursor":"${formatCursor({ alias, buildId: build.id, offset: next, lastUri })}"`;
  // Each post has its JSON ready: a page only joins it.
  return { fields: flat(`"feed":[${posts.map((post) => post.json).join(',')}]${cursor}`), size: posts.length };
}

/** The text in one piece. V8 keeps a joined text as pieces, and would copy them together each time it is sent. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}
