import { formatTid } from '@updraft/atproto';
import { createAuthorNames } from './author-names.ts';
import { withPlaceFor } from './growing.ts';
import { createKeyDictionary } from './key-dictionary.ts';
import { packTid, tidOf } from './packed-tid.ts';

/** A post as it is read. */
export interface PostFact {
  readonly keyLo: number;
  readonly keyHi: number;
  readonly authorLo: number;
  readonly authorHi: number;
  readonly did: string;
  readonly rkey: string;
  /** Seconds since 1970. */
  readonly sortAtS: number;
  readonly isReply: boolean;
  readonly hasMedia: boolean;
  /** Codes without region, sorted, between commas. */
  readonly langs: string;
  /** Of the thread's first post: any number that is the same for all posts of the thread. */
  readonly root: number;
}

/** What is known of posts by their ids in the graph. */
export interface PostFacts {
  readonly bytes: number;
  /** Of a post that can't be told (its rkey is no TID) nothing is kept. */
  set(id: number, fact: PostFact): void;
  forget(id: number): void;
  /** 0: nothing is known of the post. */
  sortAtS(id: number): number;
  isReply(id: number): boolean;
  hasMedia(id: number): boolean;
  langs(id: number): readonly string[];
  root(id: number): number;
  /** A number for the author, which another may get later. */
  author(id: number): number;
  /** Of the account with this key, as `author` has it; -1: no author. */
  findAuthor(lo: number, hi: number): number;
  did(id: number): string;
  rkey(id: number): string;
}

const REPLY = 1;
const MEDIA = 2;
const MAX_LANGUAGE_SETS = 60_000;

export function createPostFacts(): PostFacts {
  const names = createAuthorNames();
  const authors = createKeyDictionary(names.forget);
  const languages = createLanguageSets();
  const of = createColumns();
  const forget = (id: number): void => {
    if ((of.sortAtS[id] ?? 0) === 0) return;
    of.sortAtS[id] = 0;
    authors.release(of.author[id] as number);
  };
  return {
    get bytes() {
      return authors.bytes + names.bytes() + of.author.length * BYTES_OF_POST;
    },
    set: (id, fact) => {
      grow(of, id);
      forget(id);
      if (fact.sortAtS === 0 || !packTid(fact.rkey, of.tid, id * 2)) return;
      const author = authors.intern(fact.authorLo, fact.authorHi);
      authors.retain(author);
      names.set(author, fact.did);
      of.author[id] = author;
      of.sortAtS[id] = fact.sortAtS;
      of.root[id] = fact.root;
      of.flags[id] = (fact.isReply ? REPLY : 0) | (fact.hasMedia ? MEDIA : 0);
      of.langs[id] = languages.idOf(fact.langs);
    },
    forget,
    sortAtS: (id) => of.sortAtS[id] ?? 0,
    isReply: (id) => ((of.flags[id] as number) & REPLY) !== 0,
    hasMedia: (id) => ((of.flags[id] as number) & MEDIA) !== 0,
    langs: (id) => languages.of(of.langs[id] as number),
    root: (id) => of.root[id] as number,
    author: (id) => of.author[id] as number,
    findAuthor: authors.find,
    did: (id) => names.did(of.author[id] as number),
    rkey: (id) => formatTid(tidOf(of.tid, id * 2)),
  };
}

const BYTES_OF_POST = 23;

function createColumns() {
  return {
    author: new Uint32Array(0),
    /** Two numbers for each. */
    tid: new Uint32Array(0),
    sortAtS: new Uint32Array(0),
    root: new Uint32Array(0),
    flags: new Uint8Array(0),
    langs: new Uint16Array(0),
  };
}

function grow(of: ReturnType<typeof createColumns>, id: number): void {
  if (id < of.author.length) return;
  of.author = withPlaceFor(of.author, id);
  of.tid = withPlaceFor(of.tid, id, 2);
  of.sortAtS = withPlaceFor(of.sortAtS, id);
  of.root = withPlaceFor(of.root, id);
  of.flags = withPlaceFor(of.flags, id);
  of.langs = withPlaceFor(of.langs, id);
}

/** Few posts have a set of languages of their own. Once there are very many sets, a new one counts as no language. */
function createLanguageSets() {
  const ids = new Map([['', 0]]);
  const sets: (readonly string[])[] = [[]];
  return {
    idOf: (text: string): number => {
      const known = ids.get(text);
      if (known !== undefined) return known;
      if (sets.length >= MAX_LANGUAGE_SETS) return 0;
      ids.set(text, sets.length);
      return sets.push(text.split(',')) - 1;
    },
    of: (id: number): readonly string[] => sets[id] as readonly string[],
  };
}
