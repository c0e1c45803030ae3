import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  createAccount,
  makeRecord,
  makeRecords,
  NEW_MS,
  type NewRecord,
  OLD_MS,
  type TestAccount,
} from './search/account.ts';
import { type DevNetwork, handOn } from './search/dev-network.ts';
import { type Readings, startReadings } from './search/readings.ts';
import type { SearchService } from './search/service.ts';

let readings: Readings;
let network: DevNetwork;
let service: SearchService;
let account: TestAccount;
beforeAll(async () => {
  readings = await startReadings('exported');
  ({ network, service, account } = readings);
  await account.write(everyKind());
}, 120_000);
afterEach(() => {
  network.intercept = handOn;
});
afterAll(() => readings[Symbol.asyncDispose]());

const SUBJECT = { subject: { uri: 'at://did:plc:x/app.bsky.feed.post/3k', cid: 'bafyreid' } };

function everyKind(): NewRecord[] {
  return [
    ...makeRecords(120, (index) =>
      makeRecord('app.bsky.feed.post', index % 2 === 0 ? OLD_MS : NEW_MS, {
        text: `Beitrag №${index} 猫 \u0000`,
        langs: ['de'],
      }),
    ),
    ...makeRecords(110, () => makeRecord('app.bsky.feed.like', OLD_MS, SUBJECT)),
    ...makeRecords(20, () => makeRecord('app.bsky.feed.repost', OLD_MS, SUBJECT)),
    ...makeRecords(10, () => makeRecord('app.bsky.graph.follow', OLD_MS, { subject: 'did:plc:x' })),
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
    expect(listed.size).toBe(267);
    const lines = (await service.get(`/repo/${account.did}?format=ndjson`)).text.trimEnd().split('\n');
    const items = lines.map((line) => JSON.parse(line) as Item);
    expect(new Map(items.map(({ uri, content }) => [uri, content]))).toEqual(listed);
    expect(items).toHaveLength(listed.size);

    const answer = await service.get(`/repo/${account.did}`);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const whole = answer.json() as Record<string, Item[]> & { profile: Item };
    const named = ['posts', 'likes', 'reposts', 'follows', 'blocks', 'other'].map((name) => whole[name]?.length);
    expect(named).toEqual([120, 110, 20, 10, 5, 1]);
    const all = [
      ...['posts', 'likes', 'reposts', 'follows', 'blocks', 'other'].flatMap((name) => whole[name] ?? []),
      whole.profile,
    ];
    expect(new Map(all.map(({ uri, content }) => [uri, content]))).toEqual(listed);
  });

  test('finds an account by a handle that an event has named', async () => {
    await readings.store.clickhouse.command(
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

  test('a caller gets thirty look-ups of unknown accounts a minute', async () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz234567';
    const unknown = ['a', 'b'].flatMap((first) =>
      Array.from(letters, (letter) => `/repo/did:plc:${first}${letter.repeat(23)}`),
    );
    const answers = await Promise.all(unknown.map((path) => service.get(path, {}, '198.51.100.4')));
    const refused = answers.filter(({ status }) => status === 429);
    // One more comes every two seconds.
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(30);
    expect(refused[0]?.headers['retry-after']).toBe('10');
    expect((await service.get(`/repo/${account.did}`, {}, '198.51.100.4')).status).toBe(200);
  });
});
