/**
 * Syntax of AT Protocol identifiers, as lenient as the network is: what these refuse cannot be stored as a key.
 * Character loops, not regular expressions: they run several times for each event. `from` and `to` pick a slice, so
 * that the parts of an at-uri are checked without cutting them out.
 */

/** `did:method:specific`, at most 2,048 characters. Source: https://atproto.com/specs/did */
export function isDid(text: string, from = 0, to: number = text.length): boolean {
  if (to - from > 2048 || to - from < 7 || !text.startsWith('did:', from)) return false;
  const colon = text.indexOf(':', from + 4);
  if (colon <= from + 4 || colon >= to - 1 || !consistsOf(METHOD, text, from + 4, colon)) return false;
  const last = text.charCodeAt(to - 1);
  return last !== COLON && last !== PERCENT && consistsOf(DID, text, colon + 1, to);
}

/** A domain name of at least two labels, in either case. Source: https://atproto.com/specs/handle */
export function isHandle(text: string, from = 0, to: number = text.length): boolean {
  if (to - from > 253) return false;
  let start = from;
  let labels = 0;
  for (let end = nextDot(text, start, to); ; end = nextDot(text, start, to)) {
    if (!isLabel(text, start, end)) return false;
    labels++;
    if (end === to) return labels > 1 && !isDigit(text.charCodeAt(start));
    start = end + 1;
  }
}

/**
 * The shape of an NSID: at least three dotted segments of letters, digits, hyphens and underscores, at most 317
 * characters. Wider than https://atproto.com/specs/nsid, since no server upstream refuses the others.
 */
export function isNsid(text: string, from = 0, to: number = text.length): boolean {
  if (isCommonNsid(text, from, to)) return true;
  if (to - from > 317 || !consistsOf(NSID, text, from, to)) return false;
  let start = from;
  for (let segments = 1; ; segments++) {
    const end = nextDot(text, start, to);
    if (end === start) return false;
    if (end === to) return segments >= 3;
    start = end + 1;
  }
}

/** Nearly every event and every subject names one of these: a comparison is nine times quicker than the check. */
function isCommonNsid(text: string, from: number, to: number): boolean {
  if (from === 0 && to === text.length) return COMMON_NSIDS.has(text);
  return to - from === POST.length && text.startsWith(POST, from);
}

const POST = 'app.bsky.feed.post';
const COMMON_NSIDS: ReadonlySet<string> = new Set([
  POST,
  'app.bsky.feed.like',
  'app.bsky.feed.repost',
  'app.bsky.graph.follow',
]);

/** A record key: 1–512 of `A-Za-z0-9.-_:~`, but not `.` or `..`. Source: https://atproto.com/specs/record-key */
export function isRkey(text: string, from = 0, to: number = text.length): boolean {
  const length = to - from;
  if (length < 1 || length > 512) return false;
  if (length <= 2 && text.charCodeAt(from) === DOT && text.charCodeAt(to - 1) === DOT) return false;
  return consistsOf(RKEY, text, from, to);
}

const DOT = 0x2e;
const COLON = 0x3a;
const PERCENT = 0x25;

// One bit for each set that a character belongs to.
const METHOD = 1;
const DID = 2;
const NSID = 4;
const RKEY = 8;
const LABEL = 16;
const SETS = new Uint8Array(128);
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
allow(LOWER, METHOD | DID | NSID | RKEY | LABEL);
allow(LOWER.toUpperCase(), DID | NSID | RKEY | LABEL);
allow('0123456789', DID | NSID | RKEY | LABEL);
allow('-', DID | NSID | RKEY | LABEL);
allow('.', DID | NSID | RKEY);
allow('_', DID | NSID | RKEY);
allow(':', DID | RKEY);
allow('%', DID);
allow('~', RKEY);

function allow(characters: string, sets: number): void {
  for (let i = 0; i < characters.length; i++) {
    const code = characters.charCodeAt(i);
    SETS[code] = (SETS[code] ?? 0) | sets;
  }
}

/** True when every character of [from, to) is in `set`; also for an empty slice. */
function consistsOf(set: number, text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    if (((SETS[text.charCodeAt(i)] ?? 0) & set) === 0) return false;
  }
  return true;
}

function isLabel(text: string, from: number, to: number): boolean {
  const length = to - from;
  if (length < 1 || length > 63) return false;
  return text[from] !== '-' && text[to - 1] !== '-' && consistsOf(LABEL, text, from, to);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function nextDot(text: string, from: number, to: number): number {
  const dot = text.indexOf('.', from);
  return dot < 0 || dot > to ? to : dot;
}
