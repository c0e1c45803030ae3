import { createRateLimit } from '@updraft/service';
import type { Doubt } from './doubts.ts';

/** A doubt about which an account's server is to be asked. */
export interface Question extends Doubt {
  /** The earliest time to ask, in milliseconds since 1970. */
  readonly dueAt: number;
  readonly tries: number;
}

/** Questions that wait: a bounded number, one for each account and subject. */
export interface QuestionQueue {
  /** A newer question replaces the one that waits. False when there is no room. */
  put(question: Question): boolean;
  has(question: Question): boolean;
  /** The questions to ask now. They are under way until `done`. */
  take(): Question[];
  done(question: Question): void;
}

const MAX_WAITING = 1_000;
const AT_ONCE = 4;
const RATE = { burst: 20, perSecond: 5 };

export function createQuestionQueue(now: () => number): QuestionQueue {
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
