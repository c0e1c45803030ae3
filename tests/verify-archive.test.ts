import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatTid } from '@updraft/atproto';
import { DIVERGENCE_CASES, type GroundTruth, type JetstreamServer } from '@updraft/simulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSealedHost, worldEvents } from './archive/hosts.ts';
import { truthOf } from './archive/visible-state.ts';
import { useStack } from './indexer/fixtures.ts';
import { expectCleanEnd, type Store } from './indexer/stack.ts';
import { startBackfill, startReplay, startVerifyArchive } from './indexer/start.ts';

const stack = useStack();
const servers: JetstreamServer[] = [];

const divergenceCases = DIVERGENCE_CASES.filter((name) => name !== 'retry');
const WORLD = worldEvents(1_400, { hostile: 0.3, divergence: 1, divergenceCases });

let store: Store;
let env: Record<string, string>;
beforeAll(async () => {
  const server = await startSealedHost(WORLD);
  servers.push(server);
  store = await stack.createStore('filled');
  env = { JETSTREAM_ARCHIVE_URL: server.v2Url, ARCHIVE_FOLDER: join(stack.directory, 'segments') };
});
afterAll(async () => {
  for (const server of servers) await server.close();
});

const fill = (...args: string[]) => expectCleanEnd(startBackfill(store, ['--since', '3d', ...args], env));

async function verify(...args: string[]) {
  const program = startVerifyArchive(store, ['--from', '3d', '--json', ...args], env);
  const { code } = await program.exited;
  const output = program.output();
  const result = /^\{"records".*$/m.exec(output)?.[0];
  return { code, output, result: result === undefined ? undefined : (JSON.parse(result) as Record<string, number>) };
}

type TrueRecord = Parameters<GroundTruth['shows']>[0];

/** The likes among these records, each with a moment just after its rev. */
function likesOf(truth: GroundTruth, isWanted: (record: TrueRecord) => boolean) {
  return [...truth.records.values()]
    .filter((record) => record.commit.collection === 'app.bsky.feed.like' && isWanted(record))
    .map(({ commit }) => ({ ...commit, micros: Number(commit.rev.micros) + 1 }));
}

// The tests are in order: each goes on with the store of the one before.

test('a store that was filled in part is told what it lacks', async () => {
  await fill('--collections', 'app.bsky.feed.like');
  const { code, output, result } = await verify();
  expect(code).toBe(1);
  expect(result?.['missing']).toBeGreaterThan(100);
  expect(output).toContain('pnpm backfill of that time brings what is missing');
});

test('a store that has what the archive has equals it, as a whole and in a stretch', async () => {
  await fill();
  const whole = await verify();
  expect(whole).toMatchObject({ code: 0, result: { missing: 0, extra: 0, different: 0 } });
  expect(whole.result?.['records']).toBeGreaterThan(400);
  const stretch = await verify('--from', '10h', '--to', '6h');
  expect(stretch).toMatchObject({ code: 0, result: { missing: 0, extra: 0, different: 0 } });
  expect(stretch.result?.['records']).toBeLessThan(whole.result?.['records'] ?? 0);
  expect(stretch.result?.['records']).toBeGreaterThan(0);
  const nothing = await verify('--from', '2020-01-01', '--to', '2020-01-02');
  expect({ code: nothing.code, output: nothing.output }).toEqual({
    code: 1,
    output: expect.stringContaining('there is nothing to compare with'),
  });
});

test('a record that is missing, one too many and one of other content are each named, and none that was deleted after the end of the archive', async () => {
  const truth = truthOf(WORLD);
  const [gone, other, later] = likesOf(truth, (record) => truth.shows(record));
  const [again] = likesOf(truth, ({ commit }) => commit.operation === 'delete');
  if (gone === undefined || other === undefined || later === undefined || again === undefined)
    throw new Error('the world has too few likes');
  const record = {
    $type: 'app.bsky.feed.like',
    createdAt: '2026-01-01T00:00:00.000Z',
    subject: { uri: 'at://did:plc:z/app.bsky.feed.post/1', cid: 'x' },
  };
  const lineOf = (like: typeof gone, commit: object, at = like.micros): string => {
    const { did, collection, rkey } = like;
    const rev = formatTid({ micros: at, clockId: 0 });
    return JSON.stringify({
      did,
      time_us: at,
      kind: 'commit',
      commit: { rev, collection, rkey, cid: 'x', ...commit },
    });
  };
  const file = join(stack.directory, 'changes.jsonl');
  const lines = [
    lineOf(gone, { operation: 'delete' }),
    lineOf(other, { operation: 'update', record }),
    lineOf(again, { operation: 'create', record }),
    lineOf(later, { operation: 'delete' }, Date.now() * 1000 + 3_600_000_000),
  ];
  await writeFile(file, lines.join('\n'));
  await expectCleanEnd(startReplay(store, [file]));
  const { code, output, result } = await verify();
  expect({ code, ...result }).toMatchObject({ code: 1, missing: 1, different: 1, extra: 1 });
  expect(output).toContain(`missing at://${gone.did}/${gone.collection}/${gone.rkey}`);
  expect(output).toContain(`extra at://${again.did}/${again.collection}/${again.rkey}`);
  expect(output).toContain(`different at://${other.did}/${other.collection}/${other.rkey}`);
});
