import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secp256k1Keypair } from '@atproto/crypto';
import { getFullRepo, MemoryBlockstore, type RecordCreateOp, Repo, WriteOpAction } from '@atproto/repo';
import { parseDidKey } from '@updraft/identity';
import { createSignatureVerifier } from '@updraft/identity/signature';
import { openRepository, RepositoryError, type RepositoryRecord, recordRange } from '@updraft/repository';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const DID = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';

let directory: string;
let keypair: Secp256k1Keypair;
let car: Uint8Array;
const written: RecordCreateOp[] = Array.from({ length: 300 }, (_, index) => ({
  action: WriteOpAction.Create,
  collection: index % 3 === 0 ? 'app.bsky.feed.like' : 'app.bsky.feed.post',
  rkey: `key${index * 7919}`,
  record: { text: `a post №${index}`, nested: { list: [null, true, -7, { deep: [] }] } },
}));
const pathOf = ({ collection, rkey }: { collection: string; rkey: string }) => `${collection}/${rkey}`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'updraft-repository-'));
  keypair = await Secp256k1Keypair.create();
  const storage = new MemoryBlockstore();
  const { cid } = await Repo.create(storage, DID, keypair, written);
  const chunks: Uint8Array[] = [];
  for await (const chunk of getFullRepo(storage, cid)) chunks.push(chunk);
  car = new Uint8Array(Buffer.concat(chunks));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let numOpened = 0;

/** What the package makes of these bytes. */
async function read(bytes: Uint8Array) {
  const carPath = join(directory, `${++numOpened}.car`);
  await writeFile(carPath, bytes);
  const repository = openRepository({ carPath, indexPath: `${carPath}.index`, did: DID });
  try {
    const has = [...written.slice(0, 1), { collection: 'app.bsky.feed.post', rkey: 'other' }].map((record) =>
      repository.has(pathOf(record)),
    );
    const one = [...repository.records(recordRange(pathOf(written[5] as RecordCreateOp)))];
    return { commit: repository.commit, records: [...repository.records()], has, one };
  } finally {
    repository.close();
  }
}

describe('a repository', () => {
  test('gives every record once, in the order of their paths, and a commit that its account has signed', async () => {
    const { commit, records, has, one } = await read(car);
    const expected = written.toSorted((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
    expect(records.map(({ collection, rkey, value }) => ({ collection, rkey, value }))).toEqual(
      expected.map(({ collection, rkey, record }) => ({ collection, rkey, value: record })),
    );
    expect(has).toEqual([true, false]);
    expect(one.map(pathOf)).toEqual([pathOf(written[5] as RecordCreateOp)]);
    const key = parseDidKey(keypair.did());
    expect(key && createSignatureVerifier().verify(key, commit.signedBytes, commit.signature)).toBe(true);
  });

  test('that is cut or has a changed byte is a RepositoryError, or gives the same records', async () => {
    const sound = (await read(car)).records;
    const outcomes = new Set<string>();
    const tryOut = async (bytes: Uint8Array) => {
      const records = await read(bytes).then(
        (outcome): readonly RepositoryRecord[] => outcome.records,
        (error: unknown) => {
          expect(error).toBeInstanceOf(RepositoryError);
          outcomes.add((error as RepositoryError).message);
        },
      );
      if (records !== undefined) expect(records).toEqual(sound);
    };
    for (let at = 0; at < car.length; at += 997) {
      await tryOut(car.subarray(0, at));
      await tryOut(car.map((byte, index) => (index === at ? byte ^ 1 : byte)));
    }
    for (let at = 0; at < 120; at++) await tryOut(car.map((byte, index) => (index === at ? byte ^ 8 : byte)));
    expect(outcomes.size).toBeGreaterThan(3);
  });

  test.runIf(process.platform === 'linux')('that is faulty leaves no file open', async () => {
    const openFiles = async () => (await readdir('/proc/self/fd')).length;
    const before = await openFiles();
    for (let count = 0; count < 20; count++) await expect(read(car.subarray(0, -50))).rejects.toThrow(RepositoryError);
    expect(await openFiles()).toBeLessThan(before + 20);
  });
});
