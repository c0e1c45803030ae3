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

/** Pages kept: most readers ask for the same few. */
const MAX_PAGES = 2_000;

/**
 * Renders pages and remembers them: builds never change, so a page does only when what is hidden changes, which `reader.version`
 * tells.
 */
export function createPageRenderer(): (
  alias: string,
  build: Build,
  place: number,
  limit: number,
  reader: Reader,
) => RenderedPage {
  const pages = new LRUCache<string, RenderedPage>({ max: MAX_PAGES });
  return (alias, build, place, limit, reader) => {
    const key = `${alias}|${build.id}|${place}|${limit}|${reader.version()}`;
    const known = pages.get(key);
    if (known !== undefined) return known;
    const page = render(alias, build, place, limit, reader);
    pages.set(key, page);
    return page;
  };
}

function render(alias: string, build: Build, place: number, limit: number, { isCut }: Reader): RenderedPage {
  const { posts, next } = takePage(build, place, limit, isCut);
  const last = next === undefined ? undefined : build.posts[next - 1];
  const cursor =
    next === undefined || last === undefined
      ? ''
      : `,"cursor":"${formatCursor({ alias, buildId: build.id, place: next, lastUri: last.uri })}"`;
  // Posts carry their JSON: a page is a matter of joining it.
  return { fields: flat(`"feed":[${posts.map((post) => post.json).join(',')}]${cursor}`), size: posts.length };
}

/** The same text in one piece: sent again and again, a text of many pieces would be put together each time. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}
