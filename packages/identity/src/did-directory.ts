import { createRateLimit, type Rate } from '@updraft/service';
import { LRUCache } from 'lru-cache';
import type { DidDocument } from './did-document.ts';
import type { DidResolver } from './did-resolver.ts';

/**
 * `found`: the document; `absent`: the directory says there is none; `unavailable`: nobody could be asked now (the
 * directory is away, or the look-ups of this caller or of all are used up).
 */
export type DidAnswer =
  | { readonly kind: 'found'; readonly document: DidDocument }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unavailable' };

/** DID documents with a memory: bounded, for negative answers too, and with a bound on what callers make us ask. */
export interface DidDirectory {
  /** `caller` is whoever makes us ask, e.g. an address: each has its own allowance. Never rejects. */
  get(did: string, caller: string): Promise<DidAnswer>;
  /** A document known without asking anybody, however old. */
  peek(did: string): DidDocument | undefined;
  /** Asks again, whatever is remembered (keys rotate), but once a minute and DID: undefined when that is used up. */
  lookAgain(did: string, caller: string): Promise<DidAnswer | undefined>;
}

export interface DidDirectoryOptions {
  resolver: DidResolver;
  now?: (() => number) | undefined;
  /** Answers kept, negative ones included. */
  maxEntries?: number | undefined;
  perCaller?: Rate | undefined;
  inAll?: Rate | undefined;
  /** Look-ups under way at once; more are refused. */
  maxConcurrent?: number | undefined;
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
/** How long a document stands in for one that nobody can give. */
const GOOD_FOR_MS = 24 * HOUR_MS;

interface Entry {
  readonly answer: DidAnswer;
  readonly answeredAt: number;
  readonly askAgainAt: number;
}

/** What is remembered after `answer`: nobody's silence takes a good document away. */
function remember(known: Entry | undefined, answer: DidAnswer, at: number): Entry {
  const askAgainAt = at + ASK_AGAIN_AFTER_MS[answer.kind];
  const good = answer.kind === 'unavailable' ? stillGood(known, at) : undefined;
  if (good !== undefined && known !== undefined) return { ...known, askAgainAt };
  return { answer, answeredAt: at, askAgainAt };
}

function stillGood(known: Entry | undefined, at: number): DidAnswer | undefined {
  return known?.answer.kind === 'found' && at - known.answeredAt < GOOD_FOR_MS ? known.answer : undefined;
}

/** Asks the resolver, one question per DID at a time, within the limits. */
function createLookUp(options: DidDirectoryOptions): (did: string, caller: string) => Promise<DidAnswer | 'limited'> {
  const { resolver, now = Date.now, maxConcurrent = 64, onLookUp } = options;
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
    if (underWay.size >= maxConcurrent || !perCaller.take(caller) || !inAll.take('all')) {
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
