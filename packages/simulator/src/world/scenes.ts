import { alter, liveCommit, type Stage } from './alterations.ts';
import type { WorldEvent } from './event.ts';
import type { RepositoryRecord } from './repositories.ts';
import { commitAt, displayTime, nextRev, relaySeq, tidOf } from './state.ts';

/** What the network sends of a divergence, in its order; a number = the world takes this many steps meanwhile. */
export type Scene = Generator<WorldEvent | number, void, void>;

/** Source: the server of Jetstream v2, whose `#sync`s come from the relay, from a chain break, or from the retry of a failed fetch. */
export const SCENES = {
  /** The relay announces it, and the repository is fetched at that rev or a later one. */
  *announced(stage) {
    alter(stage);
    yield* replace(stage, 'relay');
  },
  /** The account has deleted everything: no row follows. */
  *emptied(stage) {
    stage.repository.clear();
    yield* replace(stage, 'relay');
  },
  /** A commit doesn't follow the last one: a `#sync` of the server's own, then the commits that came while it fetched. */
  *chainBreak(stage) {
    alter(stage);
    yield* replace(stage, 'server');
    yield* liveCommit(stage);
    yield* liveCommit(stage);
  },
  /** The server is killed half-way, goes on with live commits, and begins again later. */
  *crash(stage) {
    alter(stage);
    yield* replace(stage, 'relay', 0.5);
    yield 20;
    if (isGone(stage)) return;
    yield* liveCommit(stage);
    yield 20;
    if (isGone(stage)) return;
    yield* replace(stage, 'relay');
  },
  /** It diverges again while the first set is sent. */
  *overlap(stage) {
    alter(stage);
    yield* replace(stage, 'relay', 0.5);
    alter(stage);
    yield* replace(stage, 'relay');
  },
  /** The retry of a failed fetch, in batches: its head is older than live commits before it, and others come between the batches. */
  *retry(stage) {
    const { state, account, repository } = stage;
    alter(stage);
    const head = nextRev(state, account);
    const fetched = [...repository.values()];
    yield* liveCommit(stage);
    yield 10;
    const hasChangedStatus = (state.lastEventMs[account] ?? 0) * 1_000 >= head;
    if (isGone(stage) || hasChangedStatus) return;
    yield* liveCommit(stage);
    yield syncEvent(stage, head, 'server');
    for (const [i, row] of replacements(stage, fetched, head).entries()) {
      if (i > 0 && i % RETRY_BATCH === 0) yield* liveCommit(stage);
      yield row;
    }
  },
} as const satisfies Record<string, (stage: Stage) => Scene>;

/** The real server's batches have 1,024 rows, which few repositories of a world have. */
const RETRY_BATCH = 16;

/** A `#sync`, and of the rows that replace the repository the given share. */
function* replace(stage: Stage, origin: Origin, share = 1): Scene {
  const { state, random, account, repository } = stage;
  const rev = nextRev(state, account);
  yield syncEvent(stage, rev, origin);
  const head = random.chance(0.5) ? rev : nextRev(state, account);
  const rows = replacements(stage, [...repository.values()], head);
  yield* rows.slice(0, Math.ceil(rows.length * share));
}

/** One create for each record, in the order of the repository's keys. */
function replacements({ state, account }: Stage, records: RepositoryRecord[], head: number): WorldEvent[] {
  const sorted = records.toSorted((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  return sorted.map((record) => ({
    ...commitAt(state, account, head, { operation: 'create', ...record }),
    only: 'v2',
  }));
}

type Origin = 'relay' | 'server';

/** A `#sync` of the server's own has neither the relay's number nor its time. */
function syncEvent({ state, account }: Stage, rev: number, origin: Origin): WorldEvent {
  const did = state.accounts.did(account);
  const tid = tidOf(state, account, rev);
  const [seq, time] = origin === 'relay' ? [relaySeq(state), state.writeTime(state.clock / 1_000)] : [0, ''];
  const blocks = Buffer.from(`${did} ${tid}`).toString('base64').replace(/=+$/, '');
  return {
    did,
    timeUs: displayTime(state),
    tail: `,"kind":"sync","sync":{"blocks":{"$bytes":"${blocks}"},"did":"${did}","rev":"${tid}","seq":${seq},"time":"${time}"}}`,
    raw: undefined,
    nth: 0,
    only: 'v2',
  };
}

function isGone({ state, account }: Stage): boolean {
  return state.status[account] !== 0;
}

function pathOf({ collection, rkey }: RepositoryRecord): string {
  return `${collection}/${rkey}`;
}
