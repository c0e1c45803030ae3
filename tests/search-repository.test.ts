import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, type Store, startStack } from './indexer/stack.ts';
import {
  createAccount,
  makeRecord,
  makeRecords,
  NEW_MS,
  type NewRecord,
  OLD_MS,
  type TestAccount,
} from './search/account.ts';
import { type Call, type DevNetwork, handOn, startDevNetwork } from './search/dev-network.ts';
import { type SearchService, startSearchService } from './search/service.ts';

let stack: Stack;
let store: Store;
let network: DevNetwork;
let service: SearchService;
let account: TestAccount;
beforeAll(async () => {
  [stack, network] = await Promise.all([startStack(), startDevNetwork()]);
  store = await stack.createStore('repository');
  service = await startSearchService(store, {
    PLC_HOST: network.plcUrl,
    ALLOW_PRIVATE_ADDRESSES: 'true',
    EXPORT_IDLE_TIMEOUT: '4s',
    EXPORT_MAX_BYTES: '1000000',
  });
  account = await createAccount(network.pdsUrl, 'exported');
  await account.write(everyKind());
}, 120_000);
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await network[Symbol.asyncDispose]();
  await stack.close();
});

const SUBJECT = { subject: { uri: 'at://did:plc:x/app.bsky.feed.post/3k', cid: 'bafyreid' } };

function everyKind(): NewRecord[] {
  return [
    ...makeRecords(1_000, (index) =>
      makeRecord('app.bsky.feed.post', index % 2 === 0 ? OLD_MS : NEW_MS, {
        text: `Beitrag №${index} 猫 \u0000`,
        langs: ['de'],
      }),
    ),
    ...makeRecords(500, () => makeRecord('app.bsky.feed.like', OLD_MS, SUBJECT)),
    ...makeRecords(200, () => makeRecord('app.bsky.feed.repost', OLD_MS, SUBJECT)),
    ...makeRecords(30, () => makeRecord('app.bsky.graph.follow', OLD_MS, { subject: 'did:plc:x' })),
    ...makeRecords(5, () => makeRecord('app.bsky.graph.block', OLD_MS, { subject: 'did:plc:y' })),
    { ...makeRecord('app.bsky.actor.profile', OLD_MS, { displayName: 'Ex' }), rkey: 'self' },
    {
      ...makeRecord('com.example.odd.thing', OLD_MS, { nested: { list: [null, true, -7, { deep: [] }] } }),
      rkey: 'a::b~c',
    },
  ];
}

interface Item {
  readonly uri: string;
  readonly cid: string;
  readonly content: unknown;
}

describe('GET /repo/:did', () => {
  test('equals what the PDS lists, record for record, in both formats', async () => {
    const listed = await account.listAll();
    expect(listed.size).toBe(1_737);
    const lines = (await service.get(`/repo/${account.did}?format=ndjson`)).text.trimEnd().split('\n');
    const items = lines.map((line) => JSON.parse(line) as Item);
    expect(new Map(items.map(({ uri, content }) => [uri, content]))).toEqual(listed);
    expect(items).toHaveLength(listed.size);

    const answer = await service.get(`/repo/${account.did}`);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const whole = answer.json() as Record<string, Item[]> & { profile: Item };
    const named = ['posts', 'likes', 'reposts', 'follows', 'blocks', 'other'].map((name) => whole[name]?.length);
    expect(named).toEqual([1_000, 500, 200, 30, 5, 1]);
    const all = [
      ...['posts', 'likes', 'reposts', 'follows', 'blocks', 'other'].flatMap((name) => whole[name] ?? []),
      whole.profile,
    ];
    expect(new Map(all.map(({ uri, content }) => [uri, content]))).toEqual(listed);
  });

  test('finds an account by a handle that an event has named', async () => {
    await store.clickhouse.command(
      'INSERT INTO actor_handles (did, handle, version) SELECT {did:String}, {handle:String}, 1',
      {
        did: account.did,
        handle: account.handle,
      },
    );
    expect((await service.get(`/repo/${account.handle}?format=ndjson`)).text).toContain(account.did);
  });

  test.each([
    ['did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', 404],
    ['nobody.example', 404],
    ['not-an-identifier', 400],
    ['did:plc:x?format=xml', 400],
  ])('answers %s with %i', async (path, status) => {
    expect((await service.get(`/repo/${path}`)).status).toBe(status);
  });

  test('gives one export of an account and of a caller at a time, and four in all', async () => {
    const names = ['someone', 'another', 'a-third', 'a-fourth'];
    const [someone, ...others] = await Promise.all(names.map((name) => createAccount(network.pdsUrl, name)));
    const gate = Promise.withResolvers<void>();
    let begun = 0;
    network.intercept = async (call) => {
      if (call.method === 'com.atproto.sync.getRepo') {
        begun++;
        await gate.promise;
      }
      await handOn(call);
    };
    const first = service.get(`/repo/${account.did}`, {}, '198.51.100.1');
    await expect.poll(() => begun).toBe(1);
    expect((await service.get(`/repo/${account.did}`)).status).toBe(429);
    expect((await service.get(`/repo/${someone?.did}`, {}, '198.51.100.1')).status).toBe(429);
    const more = others.map(({ did }) => service.get(`/repo/${did}`));
    await expect.poll(() => begun).toBe(4);
    const full = await service.get(`/repo/${someone?.did}`);
    expect([full.status, full.headers['retry-after']]).toEqual([503, '30']);
    gate.resolve();
    expect((await Promise.all([first, ...more])).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    network.intercept = handOn;
    expect((await service.get(`/repo/${someone?.did}`)).status).toBe(200);
  });

  test('gives up a server that sends a byte now and then', async () => {
    network.intercept = async (call) => {
      if (call.method !== 'com.atproto.sync.getRepo') return handOn(call);
      call.raw.writeHead(200, { 'content-type': 'application/vnd.ipld.car' });
      const dripping = setInterval(() => call.raw.write('x'), 100);
      call.raw.once('close', () => clearInterval(dripping));
    };
    const answer = await service.get(`/repo/${account.did}`);
    network.intercept = handOn;
    expect(answer.status).toBe(502);
    expect(answer.text).toContain('sends less than 10000 bytes a second');
  });

  const asCar = (body: Uint8Array, headers: Record<string, string> = {}) => ({
    status: 200,
    headers: { 'content-type': 'application/vnd.ipld.car', ...headers },
    body,
  });
  test.each<[string, (call: Call, car: Uint8Array) => unknown, number, RegExp]>([
    ['hangs', () => undefined, 502, /sent nothing for 4 s/],
    [
      'answers 500',
      (call) => call.answer({ status: 500, headers: {}, body: Buffer.from('oops') }),
      502,
      /answered 500/,
    ],
    [
      'sends a CAR that is cut short',
      (call, car) => call.answer(asCar(car.subarray(0, car.length - 50))),
      502,
      /cut short|incomplete/,
    ],
    ['sends a CAR without its last block', (call, car) => call.answer(asCar(withoutLastBlock(car))), 502, /incomplete/],
    [
      'sends a CAR with a changed byte',
      (call, car) => call.answer(asCar(changed(car))),
      502,
      /not match its CID|not DAG-CBOR|unknown kind|claims/,
    ],
    [
      'breaks off',
      (call, car) => (
        call.raw.writeHead(200, { 'content-length': car.length }),
        call.raw.write(car.subarray(0, 5_000)),
        setTimeout(call.drop, 50)
      ),
      502,
      /broke off/,
    ],
    [
      'promises less than it sends',
      (call, car) => (call.raw.writeHead(200, { 'content-length': 1_000 }), call.raw.end(car.subarray(0, 1_000))),
      502,
      /cut short|incomplete/,
    ],
    ['sends HTML', (call) => call.answer(asCar(Buffer.from('<html>'))), 502, /not the CAR file|cut short|claims/],
    [
      'claims an enormous block',
      (call, car) => call.answer(asCar(Buffer.concat([car, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7f])]))),
      502,
      /claims a block/,
    ],
    ['sends more than is allowed', (call) => call.answer(asCar(Buffer.alloc(1_500_000))), 502, /larger than|broke off/],
    [
      'redirects',
      (call) => call.answer({ status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: Buffer.alloc(0) }),
      502,
      /can not be reached|answered 302/,
    ],
    [
      'has taken the account down',
      (call) =>
        call.answer({ status: 400, headers: {}, body: Buffer.from('{"error":"RepoTakendown","message":"gone"}') }),
      404,
      /does not give/,
    ],
  ])('says what is wrong with a server that %s', async (_name, act, status, message) => {
    network.intercept = async (call) => {
      if (call.method !== 'com.atproto.sync.getRepo') return handOn(call);
      act(call, (await call.forward()).body);
    };
    const answer = await service.get(`/repo/${account.did}`);
    network.intercept = handOn;
    expect([answer.status, (answer.json() as { message: string }).message]).toEqual([
      status,
      expect.stringMatching(message),
    ]);
    expect((await service.get('/redir?q=at://did:plc:abc')).status).toBe(302);
  });

  test('refuses the repository of another account, however well signed', async () => {
    const other = await createAccount(network.pdsUrl, 'stranger');
    const car = await other.agent.com.atproto.sync.getRepo({ did: other.did });
    network.intercept = async (call) =>
      call.method === 'com.atproto.sync.getRepo' ? call.answer(asCar(new Uint8Array(car.data))) : handOn(call);
    const answer = await service.get(`/repo/${account.did}`);
    network.intercept = handOn;
    expect([answer.status, (answer.json() as { message: string }).message]).toEqual([
      502,
      'the repository is of another account',
    ]);
  });
});

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
    try {
      const answer = await service.get(`/list/members?uri=at://${account.did}/app.bsky.graph.list/3k`);
      expect([answer.status, answer.json()]).toMatchObject([502, { error: 'UpstreamFailure' }]);
    } finally {
      network.intercept = handOn;
    }
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
    network.intercept = handOn;
    expect(status).toBe(502);
  });

  test('a list whose pages are large is cut, and said to be', async () => {
    let [pages, cursor] = [0, 0];
    network.intercept = (call) => {
      if (call.method === 'com.atproto.repo.listRecords') pages++;
      return pageOfItems({ records: [{ value: 'x'.repeat(900_000) }], cursor: String(cursor++) })(call);
    };
    const answer = await service.get(listUri());
    network.intercept = handOn;
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
    network.intercept = handOn;
  });

  test('thirty look-ups of unknown accounts a minute are made for a caller', async () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz234567';
    const unknown = Array.from({ length: 32 }, (_, index) => `/repo/did:plc:${letters[index]?.repeat(24)}`);
    const answers = await Promise.all(unknown.map((path) => service.get(path, {}, '198.51.100.4')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(2);
    expect(refused[0]?.headers['retry-after']).toBe('10');
    expect((await service.get(`/repo/${account.did}`, {}, '198.51.100.4')).status).toBe(200);
  });

  test('answers 404 for a list that is not there', async () => {
    expect((await service.get(`/list/members?uri=at://${account.did}/app.bsky.graph.list/nothing`)).status).toBe(404);
  });
});

describe('the users of hosts', () => {
  test('are listed, and counted once', async () => {
    const listing = await startSearchService(store, {
      PLC_HOST: network.plcUrl,
      ALLOW_PRIVATE_ADDRESSES: 'true',
      LIST_REPOS_HOSTS: network.proxyUrl,
    });
    const users = async () => ((await listing.get('/stats')).json() as { total_users: number }).total_users;
    const { data } = await account.agent.com.atproto.sync.listRepos({ limit: 100 });
    await expect.poll(users, { timeout: 10_000 }).toBe(data.repos.length);
    await listing[Symbol.asyncDispose]();
  });
});

function changed(car: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(car);
  const at = Math.floor(copy.length / 2);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function withoutLastBlock(car: Uint8Array): Uint8Array {
  const readLength = (at: number): [number, number] => {
    let [value, shift, next] = [0, 1, at];
    for (let byte = 128; byte >= 128; shift *= 128) {
      byte = car[next++] ?? 0;
      value += (byte & 127) * shift;
    }
    return [value, next];
  };
  let last = 0;
  for (let at = 0; at < car.length; ) {
    last = at;
    const [length, next] = readLength(at);
    at = next + length;
  }
  return car.subarray(0, last);
}
