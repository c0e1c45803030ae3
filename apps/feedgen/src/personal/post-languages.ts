import { LRUCache } from 'lru-cache';
import type { Build } from '../builds/build.ts';
import { within } from '../within.ts';

/** The languages of shared builds' posts, for viewers who read one as the fallback of a personal feed. */
export interface PostLanguages {
  /** Reads what is not known of a build's posts. Never rejects, and waits for a short while only. */
  learn(build: Build): Promise<void>;
  /** Whether learn() has read all of a build. */
  isKnown(build: Build): boolean;
  /** Codes without region; undefined where nothing is known of the post. */
  of(uri: string): readonly string[] | undefined;
  /** Changes whenever `of` may answer differently. */
  version(): number;
}

export interface PostLanguagesOptions {
  read: (uris: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;
  onError: (err: unknown) => void;
  waits: { readonly lookUpMs: number };
}

/** The posts of some dozens of builds. */
const MAX_POSTS = 100_000;
const MAX_BUILDS = 1_000;

export function createPostLanguages({ read, onError, waits }: PostLanguagesOptions): PostLanguages {
  const languages = new LRUCache<string, { readonly codes: readonly string[] | undefined }>({ max: MAX_POSTS });
  const known = new LRUCache<string, true>({ max: MAX_BUILDS });
  const reading = new Map<string, Promise<void>>();
  let version = 0;

  async function readMissing({ id, posts }: Build): Promise<void> {
    const missing = posts.filter(({ uri }) => languages.get(uri) === undefined).map(({ uri }) => uri);
    const found = missing.length === 0 ? new Map<string, readonly string[]>() : await read(missing);
    for (const uri of missing) languages.set(uri, { codes: found.get(uri) });
    known.set(id, true);
    version += 1;
  }

  function start(build: Build): Promise<void> {
    const started = readMissing(build)
      .catch(onError)
      .finally(() => reading.delete(build.id));
    reading.set(build.id, started);
    return started;
  }

  return {
    learn: async (build) => {
      if (!known.has(build.id)) await within(waits.lookUpMs, reading.get(build.id) ?? start(build));
    },
    isKnown: ({ id }) => known.has(id),
    of: (uri) => languages.get(uri)?.codes,
    version: () => version,
  };
}
