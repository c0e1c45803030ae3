import { type PlayServer, startPlayServer } from '@updraft/simulator';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Program } from './program.ts';
import { type Stack, type Store, startStack } from './stack.ts';
import { startIndexer } from './start.ts';

/** A stack for all tests of a file. */
export function useStack(): Stack {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.close());
  return {
    get directory() {
      return stack.directory;
    },
    redis: () => stack.redis(),
    engine: () => stack.engine(),
    restartEngine: (signal, meanwhile) => stack.restartEngine(signal, meanwhile),
    restartRedis: (signal) => stack.restartRedis(signal),
    createStore: (name) => stack.createStore(name),
    close: () => stack.close(),
  };
}

/** What is put into this list runs after the test, the last first. */
export function useCleanups(): (() => unknown)[] {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });
  return cleanups;
}

/** Starts servers and indexers, and ends those that are left after the test. */
export function useIndexers() {
  const cleanups = useCleanups();
  return {
    cleanups,
    start: (store: Pick<Store, 'env'>, env: Readonly<Record<string, string>>): Program => {
      const program = startIndexer(store, env);
      cleanups.push(program.kill);
      return program;
    },
    play: async (options: Parameters<typeof startPlayServer>[0]): Promise<PlayServer> => {
      const server = await startPlayServer(options);
      cleanups.push(() => server.close());
      return server;
    },
  };
}
