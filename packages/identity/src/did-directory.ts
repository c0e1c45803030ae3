import { createRateLimit, type Rate } from '@updraft/service';
import { LRUCache } from 'lru-cache';
import type { DidDocument } from './did-document.ts';
import type { DidResolver } from './did-resolver.ts';

/**
 * `found`: the document; `absent`: the directory says that there is none; `unavailable`: no answer now, because the directory is
 * away or a limit of look-ups is reached.
 */
export type DidAnswer =
  | { readonly kind: 'found'; readonly document: DidDocument }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unavailable' };

/** Caches DID documents, and that there is none, in bounded memory; limits the look-ups that callers cause. */
export interface DidDirectory {
  /** Each `caller`, such as an address, has a limit of its own. Never rejects. */
  get(did: string, caller: string): Promise<DidAnswer>;
  /** The cached document, however old. */
  peek(did: string): DidDocument | undefined;
  /** Asks again in spite of the cache (keys rotate), once a minute for each DID; undefined when it has asked already. */
  lookAgain(did: string, caller: string): Promise<DidAnswer | undefined>;
}

export interface DidDirectoryOptions {
  resolver: DidResolver;
  now?: (() => number) | undefined;
  /** Cached answers, negative ones included. */
  maxEntries?: number | undefined;
  perCaller?: Rate | undefined;
  inAll?: Rate | undefined;
  onLookUp?: ((outcome: DidAnswer['kind'] | 'limited') => void) | undefined;
}

export function createDidDirectory(options: DidDirectoryOptions): DidDirectory {
  const { now = Date.now, maxEntries = 200_000 } = options;
  const memory = new LRUCache<string, Entry>({ max: maxEntries });
  const secondLooks = new LRUCache<string, number>({ max: maxEntries });
  const lookUp = createLookUp(options);

  async function ask(did: string, caller: string): Promise<DidAnswer> {
    const answer = await lookUp(did, caller);
    const known = memory.peek(did);
    if (answer === 'limited') return stillGood(known, now()) ?? { kind: 'unavailable' };
    const entry = remember(known, answer, now());
    memory.set(did, entry);
    return entry.answer;
  }

  return {
    get: async (did, caller) => {
      const entry = memory.get(did);
      return entry !== undefined && now() < entry.askAgainAt ? entry.answer : ask(did, caller);
    },
    peek: (did) => {
      const answer = memory.peek(did)?.answer;
      return answer?.kind === 'found' ? answer.document : undefined;
    },
    lookAgain: async (did, caller) => {
      if (now() - (secondLooks.get(did) ?? Number.NEGATIVE_INFINITY) < MINUTE_MS) return undefined;
      secondLooks.set(did, now());
      return ask(did, caller);
    },
  };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ASK_AGAIN_AFTER_MS: Record<DidAnswer['kind'], number> = { found: HOUR_MS, absent: MINUTE_MS, unavailable: 5_000 };
/** How long a cached document is used while no newer one can be had. */
const GOOD_FOR_MS = 24 * HOUR_MS;
/** Look-ups under way at once; more are refused. */
const MAX_UNDER_WAY = 64;

interface Entry {
  readonly answer: DidAnswer;
  readonly answeredAt: number;
  readonly askAgainAt: number;
}

/** What to cache after `answer`: a good document survives an outage of its directory. */
function remember(known: Entry | undefined, answer: DidAnswer, at: number): Entry {
  const askAgainAt = at + ASK_AGAIN_AFTER_MS[answer.kind];
  const good = answer.kind === 'unavailable' ? stillGood(known, at) : undefined;
  if (good !== undefined && known !== undefined) return { ...known, askAgainAt };
  return { answer, answeredAt: at, askAgainAt };
}

function stillGood(known: Entry | undefined, at: number): DidAnswer | undefined {
  return known?.answer.kind === 'found' && at - known.answeredAt < GOOD_FOR_MS ? known.answer : undefined;
}

/** Asks the resolver within the limits, one question per DID at a time. */
function createLookUp(options: DidDirectoryOptions): (did: string, caller: string) => Promise<DidAnswer | 'limited'> {
  const { resolver, now = Date.now, onLookUp } = options;
  const perCaller = createRateLimit(options.perCaller ?? { burst: 500, perSecond: 50 }, { now });
  const inAll = createRateLimit(options.inAll ?? { burst: 2_000, perSecond: 200 }, { maxNames: 1, now });
  const underWay = new Map<string, Promise<DidAnswer>>();

  async function resolve(did: string): Promise<DidAnswer> {
    try {
      const document = await resolver.resolve(did);
      return document === undefined ? { kind: 'absent' } : { kind: 'found', document };
    } catch {
      return { kind: 'unavailable' }; // counted by onLookUp
    } finally {
      underWay.delete(did);
    }
  }

  return async (did, caller) => {
    const joined = underWay.get(did);
    if (joined !== undefined) return joined;
    if (underWay.size >= MAX_UNDER_WAY || !perCaller.take(caller) || !inAll.take('all')) {
      onLookUp?.('limited');
      return 'limited';
    }
    const asked = resolve(did);
    underWay.set(did, asked);
    const answer = await asked;
    onLookUp?.(answer.kind);
    return answer;
  };
}
