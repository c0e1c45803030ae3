import { timeVersion } from '@updraft/atproto';
import { ResolutionError } from '@updraft/identity';
import type { StreamEvent } from '@updraft/jetstream';
import { type Logger, pause } from '@updraft/service';
import {
  actorHandles,
  actorStatus,
  type BatchWriter,
  createBlock,
  type ErasedAccounts,
  type WritableBlock,
} from '@updraft/store';
import { type AccountAnswer, type AskServer, NoAnswerError } from './ask-server.ts';
import { createDoubts, type Doubt, type Doubts } from './doubts.ts';
import { createQuestionQueue, type Question } from './question-queue.ts';

/** active, inactive: the server said so, and it is written. upheld: it doesn't know of what an upstream host decided. */
export type Outcome = 'active' | 'inactive' | 'upheld' | 'unknown' | 'failed' | 'dropped';

export interface QuestionsDeps {
  readonly ask: AskServer;
  readonly writer: BatchWriter;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  readonly counts: { doubt(reason: Doubt['reason']): void; answer(outcome: Outcome): void };
  readonly log: Logger;
  readonly now?: () => number;
  readonly timing?: Timing;
}

export interface Timing {
  /** A server is asked this long after the doubt: what it is doing just now is done by then. */
  readonly waitMs: number;
  /** Waits before further tries. */
  readonly retriesMs: readonly number[];
}

export interface Questions {
  /** Takes the next event of the stream; its questions are asked beside it. */
  observe(event: StreamEvent): void;
  /** Asks until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const LOOK_EVERY_MS = 250;
const TIMING: Timing = { waitMs: 5_000, retriesMs: [60_000, 600_000] };

/**
 * Asks the servers of accounts whose events leave their order in doubt, and writes what they say as the account's latest. The number of
 * questions is bounded: those that wait, those under way and those of a second; one above the bound is dropped and counted. A restart
 * loses those that wait.
 */
export function createQuestions(deps: QuestionsDeps): Questions {
  const { counts, log, now = Date.now, timing = TIMING } = deps;
  const doubts = createDoubts();
  const queue = createQuestionQueue(now);
  const put = (question: Question): void => {
    if (!queue.put(question)) counts.answer('dropped');
  };
  const settle = async (question: Question, signal: AbortSignal): Promise<void> => {
    const outcome = await askAndWrite(deps, doubts, question, signal);
    const retryMs = timing.retriesMs[question.tries];
    const isRetried = outcome === 'failed' && retryMs !== undefined && !queue.has(question);
    if (isRetried) put({ ...question, dueAt: now() + retryMs, tries: question.tries + 1 });
    else counts.answer(outcome);
  };
  const settleDue = (signal: AbortSignal): void => {
    for (const question of queue.take()) {
      settle(question, signal)
        .catch((err: unknown) => {
          if (!signal.aborted) log.warn({ err, did: question.did }, 'an answer of an account’s server was not written');
        })
        .finally(() => queue.done(question));
    }
  };
  return {
    observe: (event) => {
      const doubt = doubts.observe(event);
      if (doubt === undefined) return;
      counts.doubt(doubt.reason);
      put({ ...doubt, dueAt: now() + timing.waitMs, tries: 0 });
    },
    run: async (signal) => {
      while (!signal.aborted) {
        settleDue(signal);
        await pause(LOOK_EVERY_MS, signal);
      }
    },
  };
}

async function askAndWrite(
  { ask, writer, erased, log, now = Date.now }: QuestionsDeps,
  doubts: Doubts,
  question: Question,
  signal: AbortSignal,
): Promise<Outcome> {
  const { did, about, reason } = question;
  const askedAtMs = now();
  const answer = await tryToAsk(ask, did, log);
  if (answer === 'failed') return 'failed';
  if (answer === undefined || (about === 'handle' && answer.handle === undefined) || erased.has(did)) return 'unknown';
  if (about === 'status' && answer.active && TAKEN_DOWN.includes(question.status)) return 'upheld';
  // Later than all that is known of the account, and than every copy of it that a host has shown; earlier than what happened meanwhile.
  const micros = Math.max(askedAtMs * 1_000, question.afterMicros + 1);
  await writer.write([rowOf(question, answer, micros)], signal);
  const said = about === 'handle' ? (answer.handle ?? '') : answer.active ? 'active' : 'inactive';
  doubts.answered(question, said, micros);
  log.info({ did, about, reason, said, status: answer.status }, 'an account’s own server was asked');
  return answer.active ? 'active' : 'inactive';
}

/** Any host may take an account down, and the account's own server need not know. */
const TAKEN_DOWN = ['takendown', 'suspended'];

async function tryToAsk(ask: AskServer, did: string, log: Logger): Promise<AccountAnswer | undefined | 'failed'> {
  try {
    return await ask(did);
  } catch (error) {
    if (!(error instanceof NoAnswerError || error instanceof ResolutionError)) throw error;
    log.debug({ err: error, did }, 'the account’s server did not answer');
    return 'failed';
  }
}

function rowOf({ did, about }: Doubt, { active, status, handle = '' }: AccountAnswer, micros: number): WritableBlock {
  const version = timeVersion(micros);
  if (about === 'handle') {
    const block = createBlock(actorHandles);
    block.append({ did, handle, version });
    return block;
  }
  const block = createBlock(actorStatus);
  block.append({ did, isDeletion: status === 'deleted' && !active, active, status: active ? '' : status, version });
  return block;
}
