import { type Accounts, createAccounts } from './accounts.ts';
import { deleteRecord, edit, recreate, swap } from './changes.ts';
import { createDivergence, DIVERGENCE_CASES, type DivergenceCase } from './divergence.ts';
import { block, follow, like, likeAgain, repost } from './engagement.ts';
import type { WorldEvent } from './event.ts';
import { hostileFrame } from './hostile-frames.ts';
import { hostileCommit } from './hostile-records.ts';
import { changeIdentity, changeStatus, identity, profile } from './lives.ts';
import { otherRecord, post, threadgate } from './posting.ts';
import { createWeighted } from './rng.ts';
import { createState, pickActor, type WorldState } from './state.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly accounts: number;
  /** 0 = well-behaved, 1 = every fifth event is hostile in its content or its shape. */
  readonly hostile: number;
  /** 0 = none; 1 = after one event in 200 a repository is found to differ from what the stream told of it. */
  readonly divergence: number;
  /** What happens then; default: each of them. */
  readonly divergenceCases: readonly DivergenceCase[];
  /** Where history ends and the live stream begins, in microseconds since 1970. Fixed by default, so that a seed alone names a world. */
  readonly nowMicros: number;
  readonly historyHours: number;
  /** Events of a day of history. */
  readonly eventsPerDay: number;
  /** Events a second from `nowMicros` on. */
  readonly liveRate: number;
}

export interface World {
  readonly options: WorldOptions;
  readonly accounts: Accounts;
  /**
   * All events from the beginning: the history, then the live stream without an end. Each call starts again and gives the same.
   * While `diverges` says no, what goes on at diverging repositories waits.
   */
  events(diverges?: () => boolean): Generator<WorldEvent, never, void>;
}

/** 2026-11-20T12:00:00Z. */
export const DEFAULT_NOW_MICROS = 1_795_176_000_000_000;

const DEFAULTS: WorldOptions = {
  seed: 1,
  accounts: 2_000,
  hostile: 0,
  divergence: 0,
  divergenceCases: DIVERGENCE_CASES,
  nowMicros: DEFAULT_NOW_MICROS,
  historyHours: 24,
  eventsPerDay: 400_000,
  liveRate: 100,
};

/** A synthetic network: the same options give the same events, byte for byte. Nothing is computed before `events()` is read. */
export function createWorld(options: Partial<WorldOptions> = {}): World {
  const full = { ...DEFAULTS, ...options };
  const accounts = createAccounts(full.seed, full.accounts);
  return { options: full, accounts, events: (diverges = () => true) => generate(full, accounts, diverges) };
}

type Step = (state: WorldState) => WorldEvent | WorldEvent[] | undefined;

const pickStep = createWeighted<Step>([
  [(state) => like(state), 65.5],
  [likeAgain, 0.5],
  [post, 11.5],
  [repost, 9.5],
  [deleteRecord, 5.5],
  [follow, 4],
  [block, 0.6],
  [profile, 0.5],
  [edit, 0.4],
  [recreate, 0.3],
  [swap, 0.3],
  [threadgate, 0.4],
  [otherRecord, 0.6],
  [changeIdentity, 0.4],
  [changeStatus, 0.3],
]);

const HOSTILE_SHARE = 0.2;
/** Share of the events by which accounts may introduce themselves. */
const INTRODUCTION_SHARE = 0.02;
const MICROS_PER_HOUR = 3_600_000_000;

function* generate(
  options: WorldOptions,
  accounts: Accounts,
  diverges: () => boolean,
): Generator<WorldEvent, never, void> {
  const state = createState(options.seed, accounts, options.nowMicros - options.historyHours * MICROS_PER_HOUR);
  const divergence = options.divergence > 0 ? createDivergence(state, options) : undefined;
  const introduced = Math.min(accounts.count, Math.ceil((options.eventsPerDay * INTRODUCTION_SHARE) / 2));
  const hostileShare = Math.min(1, Math.max(0, options.hostile)) * HOSTILE_SHARE;
  const historyStep = (24 * MICROS_PER_HOUR) / options.eventsPerDay;
  const liveStep = 1_000_000 / options.liveRate;
  while (true) {
    const pace = 0.2 + 1.6 * state.random.next();
    // The last step of the history ends with it: the live stream begins at once, however sparse the history was.
    state.clock =
      state.clock < options.nowMicros
        ? Math.min(state.clock + historyStep * pace, options.nowMicros)
        : state.clock + liveStep * pace;
    for (const event of takeStep(state, introduced, hostileShare)) {
      divergence?.observe(event);
      yield event;
    }
    if (divergence !== undefined && diverges()) yield* divergence.play();
  }
}

/** The events of one step; an account below `introduced` introduces itself before it is seen for the first time. */
function takeStep(state: WorldState, introduced: number, hostileShare: number): WorldEvent[] {
  const { random } = state;
  const newcomer = pickActor(state);
  const events: WorldEvent[] = [];
  if (newcomer < introduced && state.introduced[newcomer] === 0) {
    state.introduced[newcomer] = 1;
    events.push(identity(state, newcomer, true), profile(state, newcomer));
  }
  if (hostileShare > 0 && random.next() < hostileShare) {
    const event = random.chance(0.7) ? hostileCommit(state) : hostileFrame(state);
    return [...events, { ...event, isStrange: true }];
  }
  return events.concat(pickStep(random)(state) ?? post(state));
}
