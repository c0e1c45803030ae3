import { formatTid } from '@updraft/atproto';
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
  uri(id: number): string;
}

const REPLY = 1;
const MEDIA = 2;
const PLC = 'did:plc:';
/** Characters of a did:plc behind its prefix. */
const PLC_LENGTH = 24;
const MAX_LANGUAGE_SETS = 60_000;

export function createPostFacts(): PostFacts {
  const names = createAuthorNames();
  const authors = createKeyDictionary(names.forget);
  const languages = createLanguageSets();
  let author = new Uint32Array(0);
  let tid = new Uint32Array(0);
  let sortAtS = new Uint32Array(0);
  let root = new Uint32Array(0);
  let flags = new Uint8Array(0);
  let langs = new Uint16Array(0);

  const forget = (id: number): void => {
    if ((sortAtS[id] ?? 0) === 0) return;
    sortAtS[id] = 0;
    authors.release(author[id] as number);
  };
  const grow = (id: number): void => {
    if (id < author.length) return;
    author = withPlaceFor(author, id);
    tid = withPlaceFor(tid, id, 2);
    sortAtS = withPlaceFor(sortAtS, id);
    root = withPlaceFor(root, id);
    flags = withPlaceFor(flags, id);
    langs = withPlaceFor(langs, id);
  };
  const did = (id: number) => names.did(author[id] as number);
  return {
    get bytes() {
      return authors.bytes + names.bytes() + author.byteLength * 5 + flags.byteLength * 3;
    },
    set: (id, fact) => {
      grow(id);
      forget(id);
      if (fact.sortAtS === 0 || !packTid(fact.rkey, tid, id * 2)) return;
      const authorId = authors.intern(fact.authorLo, fact.authorHi);
      authors.retain(authorId);
      names.set(authorId, fact.did);
      author[id] = authorId;
      sortAtS[id] = fact.sortAtS;
      root[id] = fact.root;
      flags[id] = (fact.isReply ? REPLY : 0) | (fact.hasMedia ? MEDIA : 0);
      langs[id] = languages.idOf(fact.langs);
    },
    forget,
    sortAtS: (id) => sortAtS[id] ?? 0,
    isReply: (id) => ((flags[id] as number) & REPLY) !== 0,
    hasMedia: (id) => ((flags[id] as number) & MEDIA) !== 0,
    langs: (id) => languages.of(langs[id] as number),
    root: (id) => root[id] as number,
    author: (id) => author[id] as number,
    findAuthor: authors.find,
    did,
    uri: (id) => `at://${did(id)}/app.bsky.feed.post/${formatTid(tidOf(tid, id * 2))}`,
  };
}

/** DIDs by author: 24 bytes for a did:plc, a string for the few others. */
function createAuthorNames() {
  let plc = new Uint8Array(0);
  const others = new Map<number, string>();
  return {
    bytes: () => plc.byteLength + others.size * 100,
    set: (id: number, did: string): void => {
      plc = withPlaceFor(plc, id, PLC_LENGTH);
      if (!did.startsWith(PLC) || did.length !== PLC.length + PLC_LENGTH) {
        others.set(id, did);
        return;
      }
      for (let n = 0; n < PLC_LENGTH; n++) plc[id * PLC_LENGTH + n] = did.charCodeAt(PLC.length + n);
    },
    forget: (id: number): void => void others.delete(id),
    did: (id: number): string =>
      others.get(id) ?? PLC + String.fromCharCode(...plc.subarray(id * PLC_LENGTH, (id + 1) * PLC_LENGTH)),
  };
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
