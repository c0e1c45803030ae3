import type { GroundTruth } from '@updraft/simulator';

/** A post that shows, as the ground truth has it. */
export interface TruePost {
  readonly uri: string;
  readonly did: string;
  readonly text: string;
  /** What the record says of its pictures, its video or its link. */
  readonly captions: readonly string[];
  readonly langs: readonly string[];
  readonly tags: readonly string[];
  readonly mentions: readonly string[];
  readonly hasMedia: boolean;
  readonly sortAtMs: number;
}

/** A query in the words of people, and what it means, one post at a time: no tokens, no index. */
export interface NaiveQuery {
  readonly q: string;
  readonly matches: (post: TruePost) => boolean;
}

/** All posts that show now. */
export function postsThatShow(truth: GroundTruth, nowMs: number): TruePost[] {
  const posts: TruePost[] = [];
  for (const row of truth.rows('posts')) {
    const uri = `at://${String(row['did'])}/app.bsky.feed.post/${String(row['rkey'])}`;
    const record = truth.records.get(uri);
    if (record === undefined || !truth.shows(record) || Number(row['sort_at']) > nowMs) continue;
    posts.push({
      uri,
      did: String(row['did']),
      text: String(row['text']),
      captions: captionsOf(record.commit.record),
      langs: row['langs'] as string[],
      tags: row['tags'] as string[],
      mentions: row['mentions'] as string[],
      hasMedia: Number(row['has_embedded_media']) === 1,
      sortAtMs: Number(row['sort_at']),
    });
  }
  return posts;
}

/** Queries made of what the posts hold, all kinds in turn. */
export function makeQueries(posts: readonly TruePost[], count: number, random: () => number): NaiveQuery[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const pickHaving = (has: (post: TruePost) => boolean): TruePost => pick(posts.filter(has));
  const words = (post: TruePost) => post.text.match(WORDS) ?? [];
  const captionWords = (post: TruePost) => post.captions.join(' ').match(WORDS) ?? [];
  const wordy = () => pickHaving((post) => words(post).length >= 3);
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const kinds: (() => NaiveQuery)[] = [
    () => all(word(pick(words(wordy())))),
    () => all(word(pick(words(wordy()))), word(pick(words(wordy())))),
    () => all(word(pick(captionWords(pickHaving((post) => captionWords(post).length > 0))))),
    () => all(word(withoutAccents(pick(words(pickHaving((post) => words(post).some(hasAccents))).filter(hasAccents))))),
    () => {
      const [plainWord = '', ...others] = words(pickHaving((post) => words(post).some(hasAccents))).filter(hasAccents);
      return all(word(plainWord), not(written(withoutAccents(others[0] ?? plainWord))));
    },
    () => {
      const list = words(wordy());
      return all(word(pick(list)), word(pick(list)));
    },
    () => all(word(pick(words(wordy()))), not(written(pick(words(wordy()))))),
    () => {
      const { text } = pickHaving((post) => LATIN_PAIR.test(post.text));
      const [pair = ''] = LATIN_PAIR.exec(text) ?? [];
      return all({ q: `"${pair}"`, matches: (post) => textsOf(post).some((each) => hasPhrase(each, pair)) });
    },
    () => all(part(pickHaving((post) => SPACELESS_RUN.test(post.text)).text, random)),
    () => {
      const { did } = pick(posts);
      return all({ q: `from:${did}`, matches: (post) => post.did === did });
    },
    () => {
      const isPlain = (tag: string) => /^[a-z]{2}(-[a-zA-Z]{2,4})*$/.test(tag);
      const parts = pick(pickHaving((post) => post.langs.some(isPlain)).langs.filter(isPlain)).split('-');
      const lang = parts.slice(0, 1 + Math.floor(random() * parts.length)).join('-');
      const isLang = (tag: string) =>
        tag.toLowerCase() === lang.toLowerCase() || tag.toLowerCase().startsWith(`${lang.toLowerCase()}-`);
      return all(word(pick(words(wordy()))), { q: `lang:${lang}`, matches: (post) => post.langs.some(isLang) });
    },
    () => all(word(pick(words(wordy()))), { q: 'has:media', matches: (post) => post.hasMedia }),
    () => {
      const wanted = pick(captionWords(pickHaving((post) => post.hasMedia && captionWords(post).length > 0)));
      return all(ofAlt(word(wanted)));
    },
    () => {
      const tag = pick(
        pickHaving((post) => post.tags.some((each) => /^[a-z]+$/.test(each))).tags.filter((each) =>
          /^[a-z]+$/.test(each),
        ),
      );
      return all({ q: `#${tag}`, matches: (post) => post.tags.includes(tag) });
    },
    () => {
      const did = pick(pickHaving((post) => post.mentions.length > 0).mentions);
      return all({ q: `mentions:${did}`, matches: (post) => post.mentions.includes(did) });
    },
    () => {
      const fromMs = pick(posts).sortAtMs;
      const from = new Date(fromMs).toISOString();
      return all(word(pick(words(wordy()))), { q: `since:${from}`, matches: (post) => post.sortAtMs >= fromMs });
    },
    () => {
      const until = day(pick(posts).sortAtMs);
      return all(word(pick(words(wordy()))), {
        q: `until:${until}`,
        matches: (post) => post.sortAtMs < Date.parse(until),
      });
    },
  ];
  return Array.from({ length: count }, (_, index) => (kinds[index % kinds.length] as () => NaiveQuery)());
}

/** Runs of letters and digits outside the scripts without spaces. */
const SPACED = '[a-zA-Z0-9À-ɏЀ-ӿ]';
const WORDS = new RegExp(`(?<!\\S)${SPACED}{2,}(?!\\S)`, 'gu');
const LATIN_PAIR = new RegExp(`(?<!\\S)${SPACED}{2,} ${SPACED}{2,}(?!\\S)`, 'u');
const SPACELESS_RUN = /[぀-ヿ㐀-鿿]{2,}|[฀-๿]{2,}/u;

/** A word that is both wanted and excluded leaves nothing. */
function all(...parts: readonly NaiveQuery[]): NaiveQuery {
  const isImpossible = parts.some(({ q }) => parts.some((other) => other.q === `-${q}`));
  return {
    q: parts.map(({ q }) => q).join(' '),
    matches: (post) => !isImpossible && parts.every(({ matches }) => matches(post)),
  };
}

function not({ q, matches }: NaiveQuery): NaiveQuery {
  return { q: `-${q}`, matches: (post) => !matches(post) };
}

/** A word as people see words, in whatever accents. Searched in another case than it was written. */
function word(text: string): NaiveQuery {
  return { q: text.toUpperCase(), matches: (post) => textsOf(post).some((each) => hasWord(each, text)) };
}

/** What is found in alternative texts alone. */
function ofAlt({ q, matches }: NaiveQuery): NaiveQuery {
  return { q: `alt:${q}`, matches: (post) => post.hasMedia && matches({ ...post, text: '' }) };
}

/** A word as it is written: nothing that belongs to a word stands beside it. */
function written(text: string): NaiveQuery {
  return { q: text.toUpperCase(), matches: (post) => textsOf(post).some((each) => hasPhrase(each, text)) };
}

/** Latin letters alone: й without its mark is another letter. */
function hasAccents(text: string): boolean {
  return /^[a-zÀ-ɏ]+$/iu.test(text) && /\p{M}/u.test(text.normalize('NFD'));
}

function withoutAccents(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '');
}

function textsOf({ text, captions }: TruePost): readonly string[] {
  return [text, ...captions];
}

function captionsOf(record: unknown): string[] {
  const post = record as { embed?: Embed } | null | undefined;
  const embed = post?.embed?.$type === 'app.bsky.embed.recordWithMedia' ? post.embed.media : post?.embed;
  const described: Readonly<Record<string, () => unknown>> = {
    images: () => embed?.images,
    gallery: () => embed?.items,
    video: () => [embed],
    external: () => [{ alt: embed?.external?.title }],
  };
  const list = described[String(embed?.$type).replace('app.bsky.embed.', '')]?.();
  const texts = Array.isArray(list) ? list.map((each: { alt?: unknown } | null) => each?.alt) : [];
  return texts.filter((text) => typeof text === 'string');
}

/** Any field may be anything: the world is hostile. */
interface Embed {
  readonly $type?: unknown;
  readonly images?: unknown;
  readonly items?: unknown;
  readonly external?: { readonly title?: unknown } | null;
  readonly media?: Embed | null;
}

/** Unicode's own idea of which letters are the same but for their accents; ё, й and ø are as readers have them. */
const sameBase = new Intl.Collator('und', { sensitivity: 'base', usage: 'search' });

function hasWord(text: string, wanted: string): boolean {
  const words = spacedOut(plain(text)).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.some((each) => sameBase.compare(each, plain(wanted)) === 0);
}

/** A stretch of two to four characters of a text without spaces. */
function part(text: string, random: () => number): NaiveQuery {
  const [run = ''] = SPACELESS_RUN.exec(text) ?? [];
  const start = Math.floor(random() * (run.length - 1));
  const piece = run.slice(start, start + 2 + Math.floor(random() * 3));
  return { q: piece, matches: (post) => textsOf(post).some((each) => plain(each).includes(plain(piece))) };
}

function hasPhrase(text: string, phrase: string): boolean {
  const between = '[^\\p{L}\\p{M}\\p{N}]+';
  const words = plain(phrase).split(' ').join(between);
  return new RegExp(`(?<![\\p{L}\\p{M}\\p{N}])${words}(?![\\p{L}\\p{M}\\p{N}])`, 'u').test(spacedOut(plain(text)));
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('ß', 'ss').normalize('NFKC');
}

/** Where a script without spaces meets one with them, a word ends. */
function spacedOut(text: string): string {
  return text.replaceAll(/[぀-ヿ㐀-鿿฀-๿가-힯]+/gu, ' ');
}
