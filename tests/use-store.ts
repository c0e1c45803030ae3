import { afterAll, beforeAll } from 'vitest';
import { type StoreFixture, startStore } from './store-fixture.ts';

/** A test file's own store: started before its tests, closed after them. */
export function useStore(options?: Parameters<typeof startStore>[0]): Omit<StoreFixture, 'close' | symbol> {
  let started: StoreFixture | undefined;
  const store = (): StoreFixture => {
    if (started === undefined) throw new Error('the store starts with the tests');
    return started;
  };
  beforeAll(async () => {
    started = await startStore(options);
  });
  afterAll(() => started?.close());
  return {
    get connection() {
      return store().connection;
    },
    get clickhouse() {
      return store().clickhouse;
    },
    get port() {
      return store().port;
    },
    kill: () => store().kill(),
    start: () => store().start(),
  };
}
