import { HandleResolver } from '@atproto/identity';
import { isDid, isHandle } from '@updraft/atproto';
import { createTurns } from '@updraft/service';
import { LRUCache } from 'lru-cache';
import type { DidAnswer, DidDirectory } from './did-directory.ts';
import type { SafeFetch } from './safe-fetch.ts';

/** Handles and the DIDs behind them. Source: https://atproto.com/specs/handle */
export interface Handles {
  /**
   * The DID that a handle stands for, checked both ways: DNS or the well-known file names the DID, and the DID's document
   * names the handle. Undefined when either does not. @throws LimitError when too many are being looked up
   */
  resolve(handle: string, caller: string): Promise<string | undefined>;
  /** Whether the answer is cached. */
  isRemembered(handle: string): boolean;
}

export interface HandlesOptions {
  /** For the document, which must name the handle too. */
  readonly dids: DidDirectory;
  /** Reads `/.well-known/atproto-did` at hosts that strangers choose. */
  readonly safeFetch: SafeFetch;
  /** Asks DNS and the host; replaced in tests. */
  readonly ask?: (handle: string) => Promise<string | undefined>;
}

const TIMEOUT_MS = 3_000;
const MAX_CACHED = 20_000;
const MINUTE_MS = 60_000;
/** How soon a handle that moved is noticed, and one that was created after somebody had asked for it. */
const FOUND_FOR_MS = 5 * MINUTE_MS;
const ABSENT_FOR_MS = MINUTE_MS;
const ABSENT: DidAnswer = { kind: 'absent' };

export function createHandles(options: HandlesOptions): Handles {
  const { dids, safeFetch } = options;
  const resolver = new HandleResolver({ timeout: TIMEOUT_MS, fetch: safeFetch });
  const ask = options.ask ?? ((handle: string) => resolver.resolve(handle));
  const memory = new LRUCache<string, { did: string | undefined }>({ max: MAX_CACHED });
  const turns = createTurns({ atOnce: 32, perCaller: 4, what: 'look-ups of handles', retryAfterS: 5 });
  const lookUp = async (name: string, caller: string): Promise<string | undefined> => {
    const named = await ask(name);
    const answer = named !== undefined && isDid(named) ? await dids.get(named, caller) : ABSENT;
    const did = answer.kind === 'found' && answer.document.handle === name ? answer.document.did : undefined;
    const ttl = did === undefined ? ABSENT_FOR_MS : FOUND_FOR_MS;
    if (answer.kind !== 'unavailable') memory.set(name, { did }, { ttl });
    return did;
  };
  const nameOf = (handle: string) => handle.replace(/^@/, '').toLowerCase();
  return {
    isRemembered: (handle) => memory.has(nameOf(handle)),
    resolve: async (handle, caller) => {
      const name = nameOf(handle);
      if (!isHandle(name)) return undefined;
      const known = memory.get(name);
      if (known !== undefined) return known.did;
      return turns.run(caller, () => lookUp(name, caller));
    },
  };
}
