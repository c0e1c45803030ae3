import { isAtUri } from '@updraft/atproto';

/** How far a reader is: in its build by the offset, in any other by the last post. */
export interface FeedCursor {
  readonly alias: string;
  readonly buildId: string;
  /** Of the next post in the build. */
  readonly offset: number;
  /** Uri of the last post that the reader was given; posts cut after it lie between. */
  readonly lastUri: string;
}

const MAX_LENGTH = 4_096;
const MAX_OFFSET = 1_000_000;

/** An opaque string for the wire: base64url. */
export function formatCursor(cursor: FeedCursor): string {
  const text = `1|${cursor.alias}|${cursor.buildId}|${cursor.offset}|${cursor.lastUri}`;
  return Buffer.from(text, 'latin1').toString('base64url'); // all parts are ASCII
}

/** What formatCursor made, or undefined for anything else. A forged one can name only what its reader may see: it holds no secret. */
export function parseCursor(text: string): FeedCursor | undefined {
  if (text.length > MAX_LENGTH || !/^[\w-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) return undefined;
  const [version, alias, buildId, offset, lastUri, ...rest] = bytes.toString('latin1').split('|');
  if (
    version !== '1' ||
    alias === undefined ||
    buildId === undefined ||
    offset === undefined ||
    lastUri === undefined ||
    rest.length > 0
  )
    return undefined;
  if (alias.length > 512 || !/^[\w.:~/-]+$/.test(alias) || !/^[\w.-]{1,64}$/.test(buildId)) return undefined;
  if (!/^(?:0|[1-9]\d{0,6})$/.test(offset) || Number(offset) > MAX_OFFSET || !isAtUri(lastUri)) return undefined;
  return { alias, buildId, offset: Number(offset), lastUri };
}
