import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClickHouse,
  createStack,
  nodeProgram,
  type Part,
  type Stack,
  type StackDeps,
  type StackPlan,
  startClickHouse,
} from '@updraft/local';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from './until.ts';

let folder: string;
let stack: Stack | undefined;
let told: string[] = [];
let lines: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-supervision-'));
  told = [];
  lines = [];
});

afterEach(async () => {
  stack?.kill();
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A part that notes its start and its end in the folder's `order` file. */
async function part(name: string, { body = '', announcesReady = true } = {}) {
  const main = join(folder, `${name}.mjs`);
  const note = `(what) => appendFileSync(${JSON.stringify(join(folder, 'order'))}, what + ' ${name}\\n')`;
  await writeFile(
    main,
    `import { appendFileSync } from 'node:fs';
     const note = ${note};
     note('start');
     process.on('SIGTERM', () => { note('stop'); process.exit(0); });
     setInterval(() => {}, 1000);
     ${body}
     console.log('ready {}');`,
  );
  const output = { line: (_: string, line: string) => lines.push(line), remark: () => {} };
  return nodeProgram({ name, main, env: process.env, announcesReady }, output);
}

async function createTestStack(plan: Partial<StackPlan>, deps: Partial<StackDeps> = {}): Promise<Stack> {
  const whole = { databases: [], migrate: async () => {}, network: undefined, services: [], ports: {}, ...plan };
  stack = createStack(whole, {
    report: ({ part: name, text }) => told.push(`${name}: ${text}`),
    onPid: async () => {},
    ...deps,
  });
  return stack;
}

const never = new AbortController().signal;
const order = async () => (await readFile(join(folder, 'order'), 'utf8')).trim().split('\n');

describe('running the parts', () => {
  test('they start from the databases up and stop from the services down', async () => {
    const running = await createTestStack({
      databases: [await part('clickhouse')],
      migrate: () => appendFile(join(folder, 'order'), 'migrate\n'),
      network: await part('network'),
      services: [await part('indexer')],
    });
    await running.start(never);
    await running.stop();
    expect(await order()).toEqual([
      'start clickhouse',
      'migrate',
      'start network',
      'start indexer',
      'stop indexer',
      'stop network',
      'stop clickhouse',
    ]);
    expect(running.keepers().map((keeper) => keeper.status().state)).toEqual(['stopped', 'stopped', 'stopped']);
  });

  test('one that dies is started again, and its last words are told', async () => {
    const running = await createTestStack({ services: [await part('indexer')] });
    await running.start(never);
    const pid = running.keepers()[0]?.status().pid;
    process.kill(pid ?? 0, 'SIGKILL');
    await until(
      () => running.keepers()[0]?.status().restarts === 1 && running.keepers()[0]?.status().state === 'running',
    );
    expect(told).toContain('indexer: ended (signal SIGKILL)');
    expect(running.keepers()[0]?.status().pid).not.toBe(pid);
  });

  test('one that does not start is an error with its own words, and nothing is left running', async () => {
    const running = await createTestStack({
      databases: [
        await part('clickhouse'),
        await part('redis', { body: `console.error('redis: no room'); process.exit(3);` }),
      ],
      services: [await part('indexer')],
    });
    await expect(running.start(never)).rejects.toThrow('redis did not start (exit code 3): redis: no room');
    expect(running.keepers().every((keeper) => keeper.status().pid === undefined)).toBe(true);
    expect(await order()).not.toContain('start indexer');
  });

  test('a busy port stops the start before anything runs, and is named with what wanted it', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const running = await createTestStack({
      databases: [await part('clickhouse')],
      ports: { 'the search service': port },
    });
    await expect(running.start(never)).rejects.toThrow(
      new RegExp(`Port ${port}, wanted for the search service.*--port-offset`),
    );
    await expect(order()).rejects.toThrow('ENOENT');
    holder.close();
  });

  test('failed migrations stop what was started', async () => {
    const running = await createTestStack({
      databases: [await part('clickhouse')],
      migrate: () => Promise.reject(new Error('dirty')),
      services: [await part('indexer')],
    });
    await expect(running.start(never)).rejects.toThrow('dirty');
    expect(await order()).toEqual(['start clickhouse', 'stop clickhouse']);
  });

  test('a part that ignores SIGTERM is ended all the same', async () => {
    const deaf = `process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => {});`;
    const running = await createTestStack({ network: await part('network', { body: deaf }) });
    await running.start(never);
    await running.stop();
    expect(running.keepers()[0]?.status()).toMatchObject({ state: 'stopped', pid: undefined });
  });

  test('what a part prints is kept line by line, but for the line that says it is ready', async () => {
    const running = await createTestStack({ services: [await part('indexer', { body: `console.log('one\\ntwo');` })] });
    await running.start(never);
    expect(lines).toEqual(['one', 'two']);
  });
});

describe('keeping ClickHouse', () => {
  let latest: ClickHouse;
  const engine: Part = {
    name: 'clickhouse',
    start: async ({ onSpawn }) => {
      latest = await startClickHouse({ dataDir: join(folder, 'data'), onSpawn });
      return latest;
    },
  };
  const comesBack = (running: Stack, pid: number) =>
    until(() => running.keepers()[0]?.status().state === 'running' && running.keepers()[0]?.status().pid !== pid);

  test('an engine that is there but gives no answer is ended and started again', async () => {
    const silence = { everyMs: 50, timeoutMs: 1_500, missed: 2 };
    const running = await createTestStack({ databases: [engine] }, { silence });
    await running.start(never);
    const { pid } = latest;
    process.kill(pid, 'SIGSTOP');
    await comesBack(running, pid);
    expect(told).toEqual(
      expect.arrayContaining(['clickhouse: gives no answer: killing it', 'clickhouse: ended (signal SIGKILL)']),
    );
    expect(await latest.answers(10_000)).toBe(true);
  });

  test('an engine that ends during the migrations is started again, and they are done again', async () => {
    let tries = 0;
    const migrate = async () => {
      if (tries++ === 0) await latest.kill('SIGKILL');
      if (!(await latest.answers(10_000))) throw new Error('ECONNREFUSED');
    };
    const running = await createTestStack({ databases: [engine], migrate });
    await running.start(never);
    expect(tries).toBe(2);
    expect(running.keepers()[0]?.status()).toMatchObject({ state: 'running', restarts: 1 });
  });
});
