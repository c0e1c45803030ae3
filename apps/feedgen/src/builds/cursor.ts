import { isAtUri } from '@updraft/atproto';

/** How far a reader is: in its build by the offset, in any other by the last post. */
export interface FeedCursor {
  readonly alias: string;
  readonly buildId: string;
  /** Of the next post in the build. */
  readonly offset: number;
  /** Uri of the last post that the reader was given; posts cut after it lie between. */
  readonly lastUri: string;
  /** Of a feed that hides what was seen: what its viewer had seen when they began to read, as SeenView.mark. */
  readonly seenMark?: string | undefined;
}

const MAX_LENGTH = 4_096;
const MAX_OFFSET = 1_000_000;

/** An opaque string for the wire: base64url. */
export function formatCursor(cursor: FeedCursor): string {
  const seen = cursor.seenMark === undefined ? '' : `|${cursor.seenMark}`;
  const text = `1|${cursor.alias}|${cursor.buildId}|${cursor.offset}|${cursor.lastUri}${seen}`;
  return Buffer.from(text, 'latin1').toString('base64url'); // all parts are ASCII
}

/** What formatCursor made, or undefined for anything else. A forged one can name only what its reader may see: it holds no secret. */
export function parseCursor(text: string): FeedCursor | undefined {
  if (text.length > MAX_LENGTH || !/^[\w-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) return undefined;
  const [version, alias, buildId, offset, lastUri, seenMark, ...rest] = bytes.toString('latin1').split('|');
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
  if (seenMark !== undefined && !/^[\w.]{1,32}$/.test(seenMark)) return undefined;
  return { alias, buildId, offset: Number(offset), lastUri, seenMark };
}
