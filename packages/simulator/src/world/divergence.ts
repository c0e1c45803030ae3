import type { Accounts } from './accounts.ts';
import type { WorldEvent } from './event.ts';
import { createRepositories, type Repository } from './repositories.ts';
import { createRandom } from './rng.ts';
import { SCENES, type Scene } from './scenes.ts';
import type { WorldState } from './state.ts';

/** How a diverged repository is replaced: see `SCENES`. */
export type DivergenceCase = keyof typeof SCENES;

export const DIVERGENCE_CASES = Object.keys(SCENES) as readonly DivergenceCase[];

/** Repositories that differ from what the stream told, and the `#sync`s that put it right. */
export interface Divergence {
  /** Must be given each event of the world, so that the repositories are known. */
  observe(event: WorldEvent): void;
  /** What happens now, between two steps of the world: mostly nothing. */
  play(): Generator<WorldEvent, void, void>;
  /** What the accounts have themselves, by DID: those at which nothing goes on. */
  settled(): Map<string, Repository>;
}

export interface DivergenceOptions {
  readonly divergence: number;
  readonly divergenceCases: readonly DivergenceCase[];
}

const DIVERGING_SHARE = 1 / 200;

interface Running {
  readonly scene: Scene;
  /** Steps of the world until the scene goes on. */
  wait: number;
}

export function createDivergence(state: WorldState, { divergence, divergenceCases }: DivergenceOptions): Divergence {
  const random = createRandom(state.seed, 'divergence');
  const accounts = divergingAccounts(state.accounts);
  const dids = new Set(accounts.map((account) => state.accounts.did(account)));
  const repositories = createRepositories((did) => dids.has(did));
  const running = new Map<number, Running>();
  const begin = () => {
    const account = random.pick(accounts);
    if (running.has(account) || state.status[account] !== 0) return;
    const stage = { state, random, account, repository: repositories.of(state.accounts.did(account)) };
    running.set(account, { scene: SCENES[random.pick(divergenceCases)](stage), wait: 0 });
  };
  function* goOn(account: number, current: Running): Generator<WorldEvent, void, void> {
    for (let step = current.scene.next(); ; step = current.scene.next()) {
      if (step.done) return void running.delete(account);
      if (typeof step.value === 'number') return void (current.wait = step.value);
      if (step.value.only === undefined) repositories.observe(step.value);
      yield step.value;
    }
  }
  return {
    observe: repositories.observe,
    *play() {
      if (random.chance(divergence * DIVERGING_SHARE)) begin();
      for (const [account, current] of running) if (current.wait-- <= 0) yield* goOn(account, current);
    },
    settled() {
      const atRest = accounts.filter((account) => !running.has(account)).map((account) => state.accounts.did(account));
      return new Map(atRest.map((did) => [did, repositories.of(did)]));
    },
  };
}

/** The busiest accounts are left out: their repositories are large. */
const BUSY_SHARE = 0.2;
const MAX_ACCOUNTS = 200;

function divergingAccounts({ count }: Accounts): number[] {
  const first = Math.floor(count * BUSY_SHARE);
  const stride = Math.ceil((count - first) / MAX_ACCOUNTS);
  return Array.from({ length: Math.floor((count - first) / stride) }, (_, i) => first + i * stride);
}
