import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeRecord, makeRecords, OLD_MS, type TestAccount } from './search/account.ts';
import { type Call, type DevNetwork, handOn } from './search/dev-network.ts';
import { type Readings, startReadings } from './search/readings.ts';
import { type SearchService, startSearchService } from './search/service.ts';

let readings: Readings;
let network: DevNetwork;
let service: SearchService;
let account: TestAccount;
beforeAll(async () => {
  readings = await startReadings('lister');
  ({ network, service, account } = readings);
}, 120_000);
afterEach(() => {
  network.intercept = handOn;
});
afterAll(() => readings[Symbol.asyncDispose]());

describe('GET /list/members', () => {
  test('gives the accounts that items of this list name', async () => {
    const list = makeRecord('app.bsky.graph.list', OLD_MS, {
      name: 'friends',
      purpose: 'app.bsky.graph.defs#curatelist',
    });
    const uri = `at://${account.did}/app.bsky.graph.list/${list.rkey}`;
    const item = (subject: string, of = uri) => makeRecord('app.bsky.graph.listitem', OLD_MS, { list: of, subject });
    const others = item('did:plc:elsewhere', `${uri}x`);
    await account.write([
      list,
      ...makeRecords(120, (index) => item(`did:plc:member${index}`)),
      others,
      item('did:plc:member5'),
    ]);
    const answer = await service.get(`/list/members?uri=${uri}`);
    const { members, list: read } = answer.json() as { members: string[]; list: { name: string } };
    expect([new Set(members).size, members.length, read.name]).toEqual([120, 120, 'friends']);
    const page = await service.get(`/list/members?uri=https://bsky.app/profile/${account.did}/lists/${list.rkey}`);
    expect((page.json() as { members: string[] }).members).toEqual(members);
  });

  test('answers 502 for a list that is nested 200,000 deep', async () => {
    const value = `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`;
    network.intercept = async (call) =>
      call.answer({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(`{"uri":"at://x","cid":"y","value":${value}}`),
      });
    const answer = await service.get(listUri());
    expect([answer.status, answer.json()]).toMatchObject([502, { error: 'UpstreamFailure' }]);
  });

  test.each([
    ['uri=at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.graph.list/3k', 404],
    ['uri=hello', 400],
    ['', 400],
  ])('answers %s with %i', async (query, status) => {
    expect((await service.get(`/list/members?${query}`)).status).toBe(status);
  });

  const listUri = () => `/list/members?uri=at://${account.did}/app.bsky.graph.list/3k`;
  const asJson = (body: unknown) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(JSON.stringify(body)),
  });
  const pageOfItems = (page: unknown) => async (call: Call) => {
    if (call.method === 'com.atproto.repo.getRecord') return call.answer(asJson({ value: { name: 'friends' } }));
    if (call.method === 'com.atproto.repo.listRecords') return call.answer(asJson(page));
    return handOn(call);
  };

  test.each([
    ['no records', { cursor: 'next' }],
    ['records of another kind', { records: ['x'] }],
    ['more records than a page may have', { records: Array.from({ length: 101 }, () => ({ value: {} })) }],
    ['more bytes than are read', { records: [{ value: 'x'.repeat(1_100_000) }] }],
  ])('a page of items with %s is a 502, and not the end of the list', async (_, page) => {
    network.intercept = pageOfItems(page);
    const { status } = await service.get(listUri());
    expect(status).toBe(502);
  });

  test('a list whose pages are large is cut, and the answer says so', async () => {
    let [pages, cursor] = [0, 0];
    network.intercept = (call) => {
      if (call.method === 'com.atproto.repo.listRecords') pages++;
      return pageOfItems({ records: [{ value: 'x'.repeat(900_000) }], cursor: String(cursor++) })(call);
    };
    const answer = await service.get(listUri());
    expect([answer.status, (answer.json() as { is_truncated: boolean }).is_truncated]).toEqual([200, true]);
    expect(pages).toBe(23);
  });

  test('one list of a caller is read at a time', async () => {
    const gate = Promise.withResolvers<void>();
    let begun = 0;
    network.intercept = async (call) => {
      begun++;
      await gate.promise;
      return pageOfItems({ records: [] })(call);
    };
    const first = service.get(listUri(), {}, '198.51.100.2');
    await expect.poll(() => begun).toBe(1);
    const second = await service.get(listUri(), {}, '198.51.100.2');
    expect([second.status, second.headers['retry-after']]).toEqual([429, '10']);
    gate.resolve();
    expect((await first).status).toBe(200);
  });

  test('answers 404 for a list that is not there', async () => {
    expect((await service.get(`/list/members?uri=at://${account.did}/app.bsky.graph.list/nothing`)).status).toBe(404);
  });
});

describe('the users of hosts', () => {
  test('are listed, and counted once', async () => {
    const listing = await startSearchService(readings.store, {
      PLC_HOST: network.plcUrl,
      ALLOW_PRIVATE_ADDRESSES: 'true',
      LIST_REPOS_HOSTS: network.proxyUrl,
    });
    const users = async () => ((await listing.get('/stats')).json() as { total_users: number }).total_users;
    const { data } = await account.agent.com.atproto.sync.listRepos({ limit: 100 });
    await expect.poll(users).toBe(data.repos.length);
    await listing[Symbol.asyncDispose]();
  });
});
