import { type JetstreamEvent, timeVersion } from '@updraft/atproto';
import { ResolutionError } from '@updraft/identity';
import { type Logger, sleep } from '@updraft/service';
import {
  actorHandles,
  actorStatus,
  type BatchWriter,
  createBlock,
  type ErasedAccounts,
  type WritableBlock,
} from '@updraft/store';
import { type AccountAnswer, type AskServer, NoAnswerError } from './ask-server.ts';
import { createDoubts, type Doubt } from './doubts.ts';
import { createWaiting, type Question } from './waiting.ts';

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
  /** A server is asked so long after the doubt: what it does just now is done by then. */
  readonly waitMs: number;
  /** Waits before further tries. */
  readonly retriesMs: readonly number[];
}

export interface Questions {
  /** Takes the next event of the stream; what follows happens beside it. */
  observe(event: JetstreamEvent): void;
  /** Asks until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const LOOK_EVERY_MS = 250;
const TIMING: Timing = { waitMs: 5_000, retriesMs: [60_000, 600_000] };

/**
 * Asks the servers of accounts whose events leave their order in doubt, and writes what they say as the account's latest. Bounded in what
 * waits, in how much is asked at once and in a second; what is one too many is dropped and counted. What waits is lost at a restart.
 */
export function createQuestions(deps: QuestionsDeps): Questions {
  const { counts, log, now = Date.now, timing = TIMING } = deps;
  const doubts = createDoubts();
  const waiting = createWaiting(now);
  const put = (question: Question): void => {
    if (!waiting.put(question)) counts.answer('dropped');
  };
  const settle = async (question: Question, signal: AbortSignal): Promise<void> => {
    const outcome = await askAndWrite({ ...deps, answered: doubts.answered }, question, signal);
    const retryMs = timing.retriesMs[question.tries];
    const again = outcome === 'failed' && retryMs !== undefined && !waiting.has(question);
    if (again) put({ ...question, dueAt: now() + retryMs, tries: question.tries + 1 });
    else counts.answer(outcome);
  };
  const settleDue = (signal: AbortSignal): void => {
    for (const question of waiting.take()) {
      settle(question, signal)
        .catch((err: unknown) => {
          if (!signal.aborted) log.warn({ err, did: question.did }, 'what an account’s server says was not written');
        })
        .finally(() => waiting.done(question));
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
        await sleep(LOOK_EVERY_MS, signal).catch(() => {}); // ends with the signal
      }
    },
  };
}

interface AskAndWrite extends Pick<QuestionsDeps, 'ask' | 'writer' | 'erased' | 'log' | 'now'> {
  answered: ReturnType<typeof createDoubts>['answered'];
}

async function askAndWrite(deps: AskAndWrite, question: Question, signal: AbortSignal): Promise<Outcome> {
  const { ask, writer, erased, log, answered, now = Date.now } = deps;
  const { did, about, reason } = question;
  const askedAtMs = now();
  const answer = await tryToAsk(ask, did, log);
  if (answer === 'failed') return 'failed';
  if (answer === undefined || (about === 'handle' && answer.handle === undefined) || erased.has(did)) return 'unknown';
  if (about === 'status' && answer.active && TAKEN_DOWN.includes(question.status)) return 'upheld';
  // Later than all that is known of it, and than every copy of it that a host has shown so far; not than what happened while it was asked.
  const micros = Math.max(askedAtMs * 1_000, question.afterMicros + 1);
  await writer.write([rowOf(question, answer, micros)], signal);
  const said = about === 'handle' ? (answer.handle ?? '') : answer.active ? 'active' : 'inactive';
  answered(question, said, micros);
  log.info({ did, about, reason, said, status: answer.status }, 'the account’s own server was asked');
  return answer.active ? 'active' : 'inactive';
}

/** Any host may take an account down; the account's server need not know. */
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
