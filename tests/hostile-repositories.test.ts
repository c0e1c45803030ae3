import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secp256k1Keypair } from '@atproto/crypto';
import { getFullRepo, MemoryBlockstore, type RecordCreateOp, Repo, WriteOpAction } from '@atproto/repo';
import { formatTid } from '@updraft/atproto';
import { createSafeFetch, parseDidKey } from '@updraft/identity';
import { createSignatureVerifier } from '@updraft/identity/signature';
import { createBackfill } from '@updraft/refill';
import { createSpool } from '@updraft/repository';
import { createErasedAccounts } from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectRows } from './select-rows.ts';
import { useStore } from './use-store.ts';
import { never, quickWriter } from './write-blocks.ts';

const POST = 'app.bsky.feed.post';
const LIKE = 'app.bsky.feed.like';
const store = useStore();

let directory: string;
let keypair: Secp256k1Keypair;
let car: Uint8Array;
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/vnd.ipld.car' });
  response.end(car);
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'updraft-hostile-'));
  keypair = await Secp256k1Keypair.create();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true, force: true });
});

/** The repository of these records as its server gives it. */
async function makeCar(did: string, records: readonly (readonly [string, string, unknown])[], rev?: string) {
  const writes = records.map(([collection, rkey, record]) => {
    const write = { action: WriteOpAction.Create, collection, rkey, record };
    return write as RecordCreateOp;
  });
  const storage = new MemoryBlockstore();
  const commit = await Repo.formatInitCommit(storage, did, keypair, writes, rev);
  const { cid } = await Repo.createFromCommit(storage, commit);
  const chunks: Uint8Array[] = [];
  for await (const chunk of getFullRepo(storage, cid)) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

async function backfill(did: string) {
  const pds = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signingKey = parseDidKey(keypair.did());
  if (signingKey === undefined) throw new Error('no key');
  const spool = await createSpool({
    safeFetch: createSafeFetch({ allowPrivateAddresses: true, maxBytes: 20_000_000 }),
    directory: join(directory, 'spool'),
    maxBytes: 10_000_000,
    userAgent: 'test',
    idleTimeoutMs: 5_000,
    minBytesPerSecond: 1,
  });
  const { clickhouse } = store;
  const verifier = createSignatureVerifier();
  const { run } = createBackfill({
    accounts: {
      find: async () => ({ did, pds, signingKey }),
      checkCommit:
        () =>
        async ({ signedBytes, signature }) =>
          verifier.verify(signingKey, signedBytes, signature),
    },
    spool,
    erased: createErasedAccounts(clickhouse),
    write: (blocks) => quickWriter(clickhouse).write(blocks, never),
  });
  return await run(did, never);
}

const rowsOf = async (did: string) => ({
  records: await selectRows(store.clickhouse, `SELECT * FROM repo_records FINAL WHERE repo = '${did}' ORDER BY ALL`),
  rejected: await selectRows(
    store.clickhouse,
    `SELECT event_hash, reason, did FROM rejected_events FINAL WHERE did = '${did}' ORDER BY ALL`,
  ),
});

test('hostile records of a repository are rows or rejected events, and none is lost; again, nothing changes', async () => {
  const did = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';
  const deep = (levels: number): unknown => {
    let value: unknown = 'deep';
    for (let level = 0; level < levels; level++) value = [value];
    return value;
  };
  car = await makeCar(did, [
    [POST, 'sound', { text: 'sound', createdAt: '2026-11-01T00:00:00Z' }],
    [POST, 'nothing', {}],
    [POST, 'deep', { text: 'x', more: deep(200) }],
    [POST, 'zeros', { text: '\u0000', createdAt: '0000-01-01T00:00:00Z' }],
    [POST, 'large', { text: 'x'.repeat(900_000) }],
    [LIKE, 'nonsense', { subject: { uri: 'nonsense' } }],
    ['a.b.c', '__proto__', { __proto__x: 1, constructor: 'x', toString: null }],
    ['a.b.c', 'bytes', { bytes: new Uint8Array([1, 2, 3]) }],
    ['a.b.c', 'number', { number: Number.MAX_SAFE_INTEGER }],
  ]);
  const { records, rejected } = await backfill(did);
  expect([records, rejected]).toEqual([9, 1]);
  const rows = await rowsOf(did);
  expect(rows.records).toHaveLength(8);
  expect(rows.rejected).toMatchObject([{ reason: 'bad_record' }]);
  await backfill(did);
  expect(await rowsOf(did)).toEqual(rows);
});

test('a repository whose rev lies in the future is refused: it would hide what comes until then', async () => {
  const did = 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb';
  const rev = formatTid({ micros: (Date.now() + 3_600_000) * 1000, clockId: 1 });
  car = await makeCar(did, [[POST, 'one', { text: 'x' }]], rev);
  await expect(backfill(did)).rejects.toThrow("the repository's rev lies in the future");
  expect(await rowsOf(did)).toEqual({ records: [], rejected: [] });
});

test('a repository that another key signed is refused', async () => {
  const did = 'did:plc:cccccccccccccccccccccccc';
  const own = keypair;
  keypair = await Secp256k1Keypair.create();
  car = await makeCar(did, [[POST, 'one', { text: 'x' }]]);
  keypair = own;
  await expect(backfill(did)).rejects.toThrow('not signed by its account');
  expect(await rowsOf(did)).toEqual({ records: [], rejected: [] });
});
