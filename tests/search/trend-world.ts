import { formatTid } from '@updraft/atproto';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const POST = 'app.bsky.feed.post';

export interface TrendWorld {
  /** Frames of posts and of what became of them, in no order. */
  readonly lines: readonly string[];
  readonly dids: readonly string[];
}

/**
 * Accounts that write around the same hour of nine days, more of some words, tags and domains on some days. A part of the posts is
 * changed, deleted or backdated; accounts go, and some come back. The same for each seed.
 */
export function makeTrendWorld(random: () => number, asOfMs: number): TrendWorld {
  const dids = Array.from({ length: 45 }, (_, n) => `did:plc:${letters(n).padStart(24, 'q')}`);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const lines: string[] = [];
  for (let day = 0; day < 9; day++) {
    const terms = termsOf(day, random);
    for (let n = 0; n < 150; n++) {
      const did = pick(dids);
      const atMs = asOfMs - day * DAY_MS - Math.floor(random() * 1.4 * HOUR_MS) + Math.floor(0.2 * HOUR_MS);
      const post = writer(did, atMs, lines.length);
      const createdAt = random() < 0.08 ? atMs - Math.floor(random() * 3 * DAY_MS) : atMs;
      lines.push(post('create', 0, recordOf(terms, random, createdAt)));
      const fate = random();
      if (fate < 0.1) lines.push(post('delete', 5, undefined));
      else if (fate < 0.2) lines.push(post('update', 5, recordOf(terms, random, createdAt)));
      if (fate < 0.04) lines.push(post('create', 9, recordOf(terms, random, createdAt)));
    }
  }
  for (const [n, did] of dids.slice(0, 6).entries()) {
    lines.push(statusLine(did, n === 5 ? 'deleted' : 'deactivated', asOfMs + 60_000));
    if (n < 2) lines.push(statusLine(did, undefined, asOfMs + 120_000));
  }
  return { lines, dids };
}

/** Made of letters alone, so that each is a word of its own. */
const WORDS = Array.from({ length: 24 }, (_, n) => `w${letters(n)}x`);
const TAGS = Array.from({ length: 8 }, (_, n) => `tag${letters(n)}`);
const DOMAINS = Array.from({ length: 6 }, (_, n) => `site${letters(n)}.example`);
const LANGS = [['en'], ['en-US'], ['de'], ['pt-BR', 'en'], [], ['EN', 'en-GB'], ['x'], ['fr']];

type Terms = () => { words: string[]; tags: string[]; domains: string[] };

/** Each day likes some terms more than others. */
function termsOf(day: number, random: () => number): Terms {
  const favour = <T>(list: readonly T[]) => {
    const liked = list.filter((_, n) => (n * 7 + day * 3) % 5 === 0);
    return () =>
      (random() < 0.4 && liked.length > 0 ? liked : list)[
        Math.floor(random() * (random() < 0.4 ? liked.length : list.length))
      ] ?? list[0];
  };
  const [word, tag, domain] = [favour(WORDS), favour(TAGS), favour(DOMAINS)];
  const some = (most: number, make: () => string | undefined) =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, make).filter((each) => each !== undefined);
  return () => ({ words: some(8, word), tags: some(2, tag), domains: some(1, domain) });
}

function recordOf(terms: Terms, random: () => number, createdMs: number): object {
  const { words, tags, domains } = terms();
  const langs = LANGS[Math.floor(random() * LANGS.length)];
  const links = domains.map((domain) => `https://${domain}/${Math.floor(random() * 3)}`);
  return {
    $type: POST,
    text: words.join(random() < 0.5 ? ' ' : ', ').toUpperCase(),
    createdAt: new Date(createdMs).toISOString(),
    langs,
    tags: tags.map((tag) => (random() < 0.3 ? tag.toUpperCase() : tag)),
    facets: links.map((uri) => ({
      index: { byteStart: 0, byteEnd: 1 },
      features: [{ $type: 'app.bsky.richtext.facet#link', uri }],
    })),
    ...(random() < 0.04 && {
      labels: { $type: 'com.atproto.label.defs#selfLabels', values: [{ val: random() < 0.5 ? 'nudity' : 'rude' }] },
    }),
  };
}

/** Lines of one post: what is done with it, how many minutes after it was made. */
function writer(did: string, atMs: number, clockId: number) {
  const rkey = formatTid({ micros: atMs * 1000, clockId: clockId % 1024 });
  return (operation: string, minutes: number, record: object | undefined): string => {
    const micros = (atMs + minutes * 60_000) * 1000;
    const rev = formatTid({ micros, clockId: clockId % 1024 });
    const commit = { rev, operation, collection: POST, rkey, ...(record && { record, cid: 'x' }) };
    return JSON.stringify({ did, time_us: micros, kind: 'commit', commit });
  };
}

function statusLine(did: string, status: string | undefined, atMs: number): string {
  const account = {
    active: status === undefined,
    did,
    seq: 1,
    time: new Date(atMs).toISOString(),
    ...(status && { status }),
  };
  return JSON.stringify({ did, time_us: atMs * 1000, kind: 'account', account });
}

function letters(n: number): string {
  return n < 26 ? String.fromCharCode(97 + n) : `${letters(Math.floor(n / 26) - 1)}${letters(n % 26)}`;
}
