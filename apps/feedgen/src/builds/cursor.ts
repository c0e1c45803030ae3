import { isAtUri } from '@updraft/atproto';

/** Where a reader stands: names the build, the place in its immutable list, and the last post given. */
export interface FeedCursor {
  readonly alias: string;
  readonly buildId: string;
  /** Of the next post in the build. */
  readonly place: number;
  /** Uri of the post before that place. */
  readonly lastUri: string;
}

const MAX_LENGTH = 4_096;
const MAX_PLACE = 1_000_000;

/** An opaque string for the wire: base64url. */
export function formatCursor(cursor: FeedCursor): string {
  const text = `1|${cursor.alias}|${cursor.buildId}|${cursor.place}|${cursor.lastUri}`;
  return Buffer.from(text, 'latin1').toString('base64url'); // all parts are ASCII
}

/** What formatCursor made, or undefined for anything else. A forged one that parses names a place, nothing secret. */
export function parseCursor(text: string): FeedCursor | undefined {
  if (text.length > MAX_LENGTH || !/^[\w-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) return undefined;
  const [version, alias, buildId, place, lastUri, ...rest] = bytes.toString('latin1').split('|');
  if (
    version !== '1' ||
    alias === undefined ||
    buildId === undefined ||
    place === undefined ||
    lastUri === undefined ||
    rest.length > 0
  )
    return undefined;
  if (alias.length > 512 || !/^[\w.:~-]+$/.test(alias) || !/^[\w.-]{1,64}$/.test(buildId)) return undefined;
  if (!/^(?:0|[1-9]\d{0,6})$/.test(place) || Number(place) > MAX_PLACE || !isAtUri(lastUri)) return undefined;
  return { alias, buildId, place: Number(place), lastUri };
}
