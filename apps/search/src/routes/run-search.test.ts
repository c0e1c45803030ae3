import { EventEmitter } from 'node:events';
import { createRateLimit, createTurns, InvalidRequestError } from '@updraft/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import type { SearchContext } from '../context.ts';
import { createSearchMetrics } from '../metrics.ts';
import { readQuery, runSearch } from './run-search.ts';

test('a caller who goes away while likes are counted gives its turn back', async () => {
  const asked = Promise.withResolvers<void>();
  const searchTurns = createTurns({ atOnce: 1, perCaller: 1, what: 'searches' });
  const context = {
    clickhouse: {},
    likeCounts: () => {
      asked.resolve();
      return new Promise<number>(() => {});
    },
    metrics: createSearchMetrics(() => ({ underWay: 0, waiting: 0 })),
    searchLimit: createRateLimit({ burst: 10, perSecond: 10 }),
    searchTurns,
  } as unknown as SearchContext;
  const raw = Object.assign(new EventEmitter(), { writableFinished: false });
  const search = runSearch(context, { ip: '198.51.100.7' } as FastifyRequest, { raw } as unknown as FastifyReply, {
    query: readQuery('coffee', InvalidRequestError),
    sort: 'top',
    limit: 10,
    cursor: undefined,
    viewer: undefined,
  });
  await asked.promise;
  expect(searchTurns.counts().underWay).toBe(1);
  raw.emit('close');
  await expect(search).rejects.toThrow('the caller has gone');
  expect(searchTurns.counts().underWay).toBe(0);
});
