import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatTid } from '@updraft/atproto';
import { DIVERGENCE_CASES, type GroundTruth } from '@updraft/simulator';
import { expect, test } from 'vitest';
import { startSealedHost, worldEvents } from './archive/hosts.ts';
import { truthOf } from './archive/visible-state.ts';
import { useCleanups, useStack } from './indexer/fixtures.ts';
import { expectCleanEnd, type Store } from './indexer/stack.ts';
import { startBackfill, startReplay, startVerifyArchive } from './indexer/start.ts';

const stack = useStack();
const cleanups = useCleanups();

const divergenceCases = DIVERGENCE_CASES.filter((name) => name !== 'retry');
const WORLD = worldEvents(3_000, { hostile: 0.3, divergence: 1, divergenceCases });

async function filledStore(name: string, args: readonly string[] = []) {
  const server = await startSealedHost(WORLD);
  cleanups.push(() => server.close());
  const env = { JETSTREAM_ARCHIVE_URL: server.v2Url, ARCHIVE_FOLDER: join(stack.directory, name) };
  const store = await stack.createStore(name);
  await expectCleanEnd(startBackfill(store, ['--since', '3d', ...args], env));
  return { store, env };
}

async function verify(store: Store, env: Record<string, string>, args: readonly string[] = []) {
  const program = startVerifyArchive(store, ['--from', '3d', '--json', ...args], env);
  const { code } = await program.exited;
  const output = program.output();
  const result = /^\{"records".*$/m.exec(output)?.[0];
  return { code, output, result: result === undefined ? undefined : (JSON.parse(result) as Record<string, number>) };
}

type TrueRecord = Parameters<GroundTruth['shows']>[0];

/** The likes among these records, each with a rev just after its own. */
function likesOf(truth: GroundTruth, isWanted: (record: TrueRecord) => boolean) {
  return [...truth.records.values()]
    .filter((record) => record.commit.collection === 'app.bsky.feed.like' && isWanted(record))
    .map(({ commit }) => {
      const micros = Number(commit.rev.micros) + 1;
      return { ...commit, micros, next: formatTid({ micros, clockId: 0 }) };
    });
}

test('a store that has what the archive has equals it, as a whole and in a stretch', async () => {
  const { store, env } = await filledStore('equal');
  const whole = await verify(store, env);
  expect(whole).toMatchObject({ code: 0, result: { missing: 0, extra: 0, different: 0 } });
  expect(whole.result?.['records']).toBeGreaterThan(1_000);
  const stretch = await verify(store, env, ['--from', '10h', '--to', '6h']);
  expect(stretch).toMatchObject({ code: 0, result: { missing: 0, extra: 0, different: 0 } });
  expect(stretch.result?.['records']).toBeLessThan(whole.result?.['records'] ?? 0);
  const nothing = await verify(store, env, ['--from', '2020-01-01', '--to', '2020-01-02']);
  expect({ code: nothing.code, output: nothing.output }).toEqual({
    code: 1,
    output: expect.stringContaining('there is nothing to compare with'),
  });
});

test('a record that is missing, one too many and one of other content are each named', async () => {
  const { store, env } = await filledStore('unequal');
  const truth = truthOf(WORLD);
  const [gone, other] = likesOf(truth, (record) => truth.shows(record));
  const [again] = likesOf(truth, ({ commit }) => commit.operation === 'delete');
  if (gone === undefined || other === undefined || again === undefined) throw new Error('the world has too few likes');
  const record = {
    $type: 'app.bsky.feed.like',
    createdAt: '2026-01-01T00:00:00.000Z',
    subject: { uri: 'at://did:plc:z/app.bsky.feed.post/1', cid: 'x' },
  };
  const lineOf = (like: typeof gone, commit: object): string => {
    const { did, micros, collection, rkey, next: rev } = like;
    return JSON.stringify({
      did,
      time_us: micros,
      kind: 'commit',
      commit: { rev, collection, rkey, cid: 'x', ...commit },
    });
  };
  const file = join(stack.directory, 'changes.jsonl');
  const lines = [
    lineOf(gone, { operation: 'delete' }),
    lineOf(other, { operation: 'update', record }),
    lineOf(again, { operation: 'create', record }),
  ];
  await writeFile(file, lines.join('\n'));
  await expectCleanEnd(startReplay(store, [file]));
  const { code, output, result } = await verify(store, env);
  expect({ code, ...result }).toMatchObject({ code: 1, missing: 1, different: 1, extra: 1 });
  expect(output).toContain(`missing at://${gone.did}/${gone.collection}/${gone.rkey}`);
  expect(output).toContain(`extra at://${again.did}/${again.collection}/${again.rkey}`);
  expect(output).toContain(`different at://${other.did}/${other.collection}/${other.rkey}`);
});

test('what the stream has deleted after the end of the archive is not missing', async () => {
  const { store, env } = await filledStore('later');
  const truth = truthOf(WORLD);
  const [like] = likesOf(truth, (record) => truth.shows(record));
  if (like === undefined) throw new Error('the world has too few likes');
  const micros = Date.now() * 1000 + 3_600_000_000;
  const { did, collection, rkey } = like;
  const commit = { rev: formatTid({ micros, clockId: 0 }), operation: 'delete', collection, rkey };
  const file = join(stack.directory, 'later.jsonl');
  await writeFile(file, JSON.stringify({ did, time_us: micros, kind: 'commit', commit }));
  await expectCleanEnd(startReplay(store, [file]));
  expect(await verify(store, env)).toMatchObject({ code: 0, result: { missing: 0, extra: 0, different: 0 } });
});

test('a store that was filled in part is told what it lacks', async () => {
  const { store, env } = await filledStore('part', ['--collections', 'app.bsky.feed.like']);
  const { code, output, result } = await verify(store, env);
  expect(code).toBe(1);
  expect(result?.['missing']).toBeGreaterThan(100);
  expect(output).toContain('pnpm backfill of that time brings what is missing');
});
