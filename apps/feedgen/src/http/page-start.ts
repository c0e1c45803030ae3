import type { Feed } from '@updraft/feeds';
import { InvalidRequestError, inSpan } from '@updraft/service';
import type { Build } from '../builds/build.ts';
import { type FeedCursor, parseCursor } from '../builds/cursor.ts';
import { offsetAfter } from '../builds/page.ts';
import { FeedNotReadyError } from './errors.ts';
import type { Reader } from './readership.ts';

/** @throws InvalidRequestError */
export function readCursor(text: string | undefined, feed: Feed): FeedCursor | undefined {
  if (text === undefined) return undefined;
  const cursor = parseCursor(text);
  if (cursor === undefined) throw new InvalidRequestError('the cursor is malformed');
  if (cursor.alias !== feed.alias && !cursor.alias.startsWith(`${feed.alias}/`))
    throw new InvalidRequestError('the cursor belongs to another feed');
  return cursor;
}

/** Where a page begins. */
export interface PageStart {
  readonly build: Build;
  readonly offset: number;
}

/** Where the reader goes on; waits only where what is there is not in memory. @throws FeedNotReadyError */
export function startOf(reader: Reader, cursor: FeedCursor | undefined): PageStart | Promise<PageStart> {
  return cursor === undefined ? firstPage(reader) : (startInMemory(reader, cursor) ?? findStart(reader, cursor));
}

/** Undefined when the cursor's build is not in memory. */
function startInMemory(reader: Reader, { buildId, offset }: FeedCursor): PageStart | undefined {
  const build = reader.get(buildId);
  return build === undefined ? undefined : { build, offset };
}

/** For a cursor whose build is not in memory: the build from Redis, else the current one after the cursor's last post, or at its end. */
async function findStart(reader: Reader, cursor: FeedCursor): Promise<PageStart> {
  const own = await inSpan('find build', {}, () => reader.find(cursor.buildId));
  if (own !== undefined) return { build: own, offset: cursor.offset };
  const { build } = await firstPage(reader);
  return { build, offset: offsetAfter(build, cursor.lastUri) ?? build.posts.length };
}

/** @throws FeedNotReadyError */
function firstPage(reader: Reader): PageStart | Promise<PageStart> {
  const build = reader.current();
  return build instanceof Promise ? build.then(startOfBuild) : startOfBuild(build);
}

function startOfBuild(build: Build | undefined): PageStart {
  if (build !== undefined) return { build, offset: 0 };
  throw new FeedNotReadyError('this feed is being built, please try again', { retryAfterS: 5 });
}
