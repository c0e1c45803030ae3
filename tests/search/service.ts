import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSearch, readSearchConfig, type Search } from '@updraft/search';
import { createLogger } from '@updraft/service';
import { createRedis } from '@updraft/store';
import { checkAnswers } from '../http/checked-answers.ts';
import { hurriedClickHouse, hurryRedis } from '../http/hurried.ts';
import type { Store } from '../indexer/stack.ts';

/** The search service in this process, not listening: requests are injected. */
export interface SearchService extends AsyncDisposable {
  readonly search: Search;
  /** A GET from an address of its own, so that no limit by caller is met, or from the one that is named. */
  get(path: string, headers?: Record<string, string>, caller?: string): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body as JSON, of whatever shape its reader expects. */
  json(): never;
}

export async function startSearchService(
  store: Pick<Store, 'clickhouse' | 'env'>,
  env: Readonly<Record<string, string>> = {},
  { isHurried = false } = {},
): Promise<SearchService> {
  const spool = await mkdtemp(join(tmpdir(), 'updraft-spool-'));
  const config = readSearchConfig({
    ...store.env,
    SPOOL_DIRECTORY: spool,
    STATS_CACHE_TTL: '50ms',
    ...env,
  });
  const redis = createRedis({ address: config.REDIS_ADDRESS });
  if (isHurried) hurryRedis(redis);
  const clickhouse = isHurried ? hurriedClickHouse(store.clickhouse) : store.clickhouse;
  const stop = new AbortController();
  const log = createLogger({ service: 'search', level: 'silent' });
  const search = await createSearch({
    env: config,
    clickhouse,
    redis,
    log,
    signal: stop.signal,
    ...(isHurried && { coldReportMs: 3_000 }),
  });
  const answers = checkAnswers(search.app);
  const background = search.run();
  await search.app.ready();
  return {
    search,
    get: async (url, headers = {}, caller = anyAddress()) => {
      const reply = await search.app.inject({ method: 'GET', url, headers, remoteAddress: caller });
      return {
        status: reply.statusCode,
        headers: reply.headers,
        text: reply.body,
        json: () => JSON.parse(reply.body) as never,
      };
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await background;
      await search.app.close();
      redis.disconnect();
      await rm(spool, { recursive: true, force: true });
      answers.verify();
    },
  };
}

function anyAddress(): string {
  return `10.${[...randomBytes(3)].join('.')}`;
}
