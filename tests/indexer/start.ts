import { mainOf } from './crash-points.ts';
import { expectCleanEnd, type Program, startProgram } from './program.ts';
import type { Store } from './stack.ts';

type Variables = Readonly<Record<string, string>>;

/** What a process is started with: an indexer needs a store, and says so where there is none. */
type Stored = Pick<Store, 'env'>;

/** Starts the indexer, which reads a new store's stream from its start. */
export function startIndexer(store: Stored, env: Variables): Program {
  const variables = { ...store.env, SINCE: '2020-01-01T00:00:00Z', ...env };
  return startProgram(mainOf('indexer', env), [], variables);
}

/** Starts `pnpm replay`. */
export function startReplay(store: Stored, args: readonly string[], env: Variables = {}): Program {
  return startProgram(mainOf('replay', env), args, { ...store.env, ...env });
}

/** Starts `pnpm backfill`. */
export function startBackfill(store: Stored, args: readonly string[], env: Variables): Program {
  return startProgram(mainOf('backfill', env), args, { ...store.env, ...env });
}

/** Replays a file from its start to its end. */
export async function replayAll(store: Stored, file: string): Promise<void> {
  await expectCleanEnd(startReplay(store, ['--restart', file]));
}
