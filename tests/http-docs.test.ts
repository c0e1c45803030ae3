import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFeedgen, readFeedgenConfig } from '@updraft/feedgen';
import { parseFeedsFile } from '@updraft/feeds';
import { createSearch, readSearchConfig } from '@updraft/search';
import { createLogger, type HttpServer } from '@updraft/service';
import { createClickHouse, createRedis } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpointTable } from './http/endpoint-table.ts';
import { listRoutes, operationsOf } from './http/routes.ts';

interface Described {
  readonly routes: readonly string[];
  readonly document: { readonly paths: object };
}

/** Nobody listens there, and nothing is asked. */
const NOWHERE = '127.0.0.1:1';
const ENV = {
  CLICKHOUSE_ADDRESS: NOWHERE,
  REDIS_ADDRESS: NOWHERE,
  SERVICE_ENDPOINT: 'https://feeds.example',
  FEED_ACTOR_DID: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa',
  LOG_LEVEL: 'silent',
};
const log = createLogger({ service: 'test', level: 'silent' });
const cleanUps = new AsyncDisposableStack();
const services = new Map<string, Described>();

beforeAll(async () => {
  const config = readFeedgenConfig(ENV);
  const env = readSearchConfig(ENV);
  const clickhouse = cleanUps.adopt(createClickHouse({ ...config.clickhouse, log }), (client) => client.close());
  const redis = cleanUps.adopt(createRedis({ ...config.redis, log }), (client) => client.disconnect());
  const file = parseFeedsFile('feeds: {}', 'feeds.yaml');
  const feedgen = createFeedgen({ config, file, clickhouse, redis, subscriber: redis, log });
  cleanUps.defer(() => feedgen.close());
  const search = await createSearch({ env, clickhouse, redis, log, signal: new AbortController().signal });
  services.set('feeds.md', await describeService(feedgen.app));
  services.set('search.md', await describeService(search.app));
});
afterAll(() => cleanUps.disposeAsync());

async function describeService(app: HttpServer): Promise<Described> {
  const routes = listRoutes(app);
  cleanUps.defer(() => app.close());
  const { body } = await app.inject('/openapi.json');
  return { routes, document: JSON.parse(body) as Described['document'] };
}

describe.for(['feeds.md', 'search.md'])('the service of docs/%s', (page) => {
  const described = (): Described => {
    const service = services.get(page);
    if (service === undefined) throw new Error(`${page} is of no service`);
    return service;
  };

  test('describes in openapi.json each route that it has, and no other', () => {
    const { routes, document } = described();
    expect([...operationsOf(document).keys()].toSorted()).toEqual(routes.toSorted());
    expect(routes.length).toBeGreaterThan(10);
  });

  test('says of each route what it is for, and of each answer what it is', () => {
    for (const [name, { summary, responses }] of operationsOf(described().document)) {
      expect([name, summary ?? '']).not.toContain('');
      expect([name, ...Object.values(responses).map(({ description }) => description)]).not.toContain('');
    }
  });

  test('has in its docs the table that openapi.json makes: where they differ, take what is expected here', async () => {
    const text = await readFile(join(import.meta.dirname, '../docs', page), 'utf8');
    const [, table] = /<!-- from openapi\.json -->\n([\s\S]*?)\n<!-- end -->/.exec(text) ?? [];
    expect(table).toBe(endpointTable(described().document));
  });
});
