import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAccount, makeRecord, makeRecords, OLD_MS, type TestAccount } from './search/account.ts';
import { asCar, changed, withoutLastBlock } from './search/broken-cars.ts';
import { type Call, type DevNetwork, handOn } from './search/dev-network.ts';
import { type Readings, startReadings } from './search/readings.ts';
import type { SearchService } from './search/service.ts';

let readings: Readings;
let network: DevNetwork;
let service: SearchService;
let account: TestAccount;
beforeAll(async () => {
  readings = await startReadings('faulty', { EXPORT_IDLE_TIMEOUT: '2s' });
  ({ network, service, account } = readings);
  await account.write(makeRecords(150, () => makeRecord('app.bsky.feed.post', OLD_MS, { text: 'a post' })));
}, 120_000);
afterEach(() => {
  network.intercept = handOn;
});
afterAll(() => readings[Symbol.asyncDispose]());

describe('GET /repo/:did', () => {
  test('gives up a server that sends a byte now and then', async () => {
    network.intercept = async (call) => {
      if (call.method !== 'com.atproto.sync.getRepo') return handOn(call);
      call.raw.writeHead(200, { 'content-type': 'application/vnd.ipld.car' });
      const dripping = setInterval(() => call.raw.write('x'), 100);
      call.raw.once('close', () => clearInterval(dripping));
    };
    const answer = await service.get(`/repo/${account.did}`);
    expect(answer.status).toBe(502);
    expect(answer.text).toContain('sends less than 10000 bytes a second');
  });

  test.each<[string, (call: Call, car: Uint8Array) => unknown, number, RegExp]>([
    ['hangs', () => undefined, 502, /sent nothing for 2 s/],
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
    expect([answer.status, (answer.json() as { message: string }).message]).toEqual([
      status,
      expect.stringMatching(message),
    ]);
    expect((await service.get('/redir?q=at://did:plc:abc')).status).toBe(302);
  });

  test('refuses the repository of another account, though it is signed', async () => {
    const other = await createAccount(network.pdsUrl, 'stranger');
    const car = await other.agent.com.atproto.sync.getRepo({ did: other.did });
    network.intercept = async (call) =>
      call.method === 'com.atproto.sync.getRepo' ? call.answer(asCar(new Uint8Array(car.data))) : handOn(call);
    const answer = await service.get(`/repo/${account.did}`);
    expect([answer.status, (answer.json() as { message: string }).message]).toEqual([
      502,
      'the repository is of another account',
    ]);
  });
});
