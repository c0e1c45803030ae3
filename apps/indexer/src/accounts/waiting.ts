import { createRateLimit } from '@updraft/service';
import type { Doubt } from './doubts.ts';

/** A doubt that an account's server is to be asked about. */
export interface Question extends Doubt {
  /** Not asked before, in milliseconds since 1970. */
  readonly dueAt: number;
  readonly tries: number;
}

/** Questions that wait: a bounded number, one for each account and matter. */
export interface Waiting {
  /** A newer one takes the place of the one that waits. False when there is no room. */
  put(question: Question): boolean;
  has(question: Question): boolean;
  /** Those to ask now, which are then under way until `done`. */
  take(): Question[];
  done(question: Question): void;
}

const MAX_WAITING = 1_000;
const AT_ONCE = 4;
const RATE = { burst: 20, perSecond: 5 };

export function createWaiting(now: () => number): Waiting {
  const waiting = new Map<string, Question>();
  const underWay = new Set<string>();
  const limit = createRateLimit(RATE, { maxNames: 1, now });
  return {
    put: (question) => {
      const key = keyOf(question);
      if (waiting.size >= MAX_WAITING && !waiting.has(key)) return false;
      waiting.set(key, question);
      return true;
    },
    has: (question) => waiting.has(keyOf(question)),
    take: () => {
      const taken: Question[] = [];
      for (const [key, question] of waiting) {
        if (underWay.size >= AT_ONCE) break;
        if (question.dueAt > now() || underWay.has(key)) continue;
        if (!limit.take('all')) break;
        waiting.delete(key);
        underWay.add(key);
        taken.push(question);
      }
      return taken;
    },
    done: (question) => void underWay.delete(keyOf(question)),
  };
}

function keyOf({ did, about }: Doubt): string {
  return `${about} ${did}`;
}
