import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { likes } from './indexer/events.ts';
import { tellOutputOf, until as untilTrue } from './until.ts';

const command = resolve(import.meta.dirname, '../packages/local/src/start-command.ts');
const numLikes = 300;

let folder: string;
let recording: string;
/** Every port of this file's runs lies apart from those of a real `npm start`, and below those that the system gives out by itself. */
const offset = 10_000 + Math.floor(Math.random() * 5_000);
const running = new Set<Run>();

interface Run {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

const start = (...args: string[]) => startWith({}, ...args);

function startWith(more: Readonly<Record<string, string>>, ...args: string[]): Run {
  const { CLICKHOUSE_ADDRESS: _clickhouse, REDIS_ADDRESS: _redis, WS_URL: _url, ...env } = process.env;
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const run: Run = {
    process: child,
    output: () => output,
    exit: once(child, 'close').then(([code]) => code as number | null),
  };
  running.add(run);
  void run.exit.then(() => running.delete(run));
  return run;
}

const startHere = (...args: string[]) =>
  start('--data', join(folder, 'data'), '--port-offset', String(offset), '--play', recording, ...args);

async function until(isTrue: () => boolean | Promise<boolean>, run: Run): Promise<void> {
  tellOutputOf('npm start', run.output);
  await untilTrue(async () => {
    if (await isTrue()) return true;
    if (!running.has(run)) throw new Error(`npm start ended: ${run.output()}`);
    return false;
  }, isTrue.toString());
}

async function query(sql: string): Promise<string> {
  const netrc = await readFile(join(folder, 'data', 'netrc'), 'utf8');
  const password = /login updraft password (\S+)/.exec(netrc)?.[1] ?? '';
  const headers = { 'X-ClickHouse-User': 'updraft', 'X-ClickHouse-Key': password };
  const response = await fetch(`http://127.0.0.1:${8123 + offset}/`, { method: 'POST', body: sql, headers });
  const answer = await response.text();
  return response.ok ? answer.trim() : '';
}

/** `npm run sql` with these variables. */
async function runSql(sql: string, env: Readonly<Record<string, string>>): Promise<string> {
  const words = ['--import', './scripts/local-login.mjs', 'scripts/sql.mjs', sql];
  const { CLICKHOUSE_ADDRESS: _, CLICKHOUSE_USERNAME: _user, CLICKHOUSE_PASSWORD: _password, ...own } = process.env;
  const child = spawn(process.execPath, words, { cwd: resolve(import.meta.dirname, '..'), env: { ...own, ...env } });
  const [said, failed] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return said + failed;
}

const countLikes = () => query('SELECT count() FROM atproto.likes FINAL').catch(() => '');

async function children(): Promise<number[]> {
  const note = JSON.parse(await readFile(join(folder, 'data', 'run.json'), 'utf8')) as { children: { pid: number }[] };
  return note.children.map(({ pid }) => pid);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-start-'));
  recording = join(folder, 'recorded.jsonl');
  await writeFile(recording, `${likes(0, numLikes).join('\n')}\n`);
});

afterAll(async () => {
  for (const run of running) run.process.kill('SIGTERM');
  await Promise.all([...running].map((run) => run.exit));
  await rm(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  test('brings a recorded stream into ClickHouse, commands beside it find it, and one Ctrl-C leaves nothing running', async () => {
    const run = startHere();
    await until(async () => (await countLikes()) === String(numLikes), run);
    await until(() => / 300 since start .* likes 300 .* rejected 0 .*gaps 0/.test(run.output()), run);
    expect(run.output()).toMatch(/^Password: .*data\/netrc$/m);
    expect(run.output()).toMatch(/player: starting.*player: running/s);
    const pids = await children();
    expect(pids.length).toBeGreaterThanOrEqual(4);
    await expectCommandsToFindIt();
    run.process.kill('SIGINT');
    expect(await run.exit).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(run.output()).toMatch(/Stopped\.\n$/);
  });

  /** By its folder; or they say what to set. */
  async function expectCommandsToFindIt() {
    const counting = 'SELECT count() FROM likes FINAL FORMAT TSVRaw';
    const beside = { LOCAL_DATA: join(folder, 'data') };
    const moved = { CLICKHOUSE_ADDRESS: `127.0.0.1:${8123 + offset}` };
    expect(await runSql(counting, beside)).toBe(`${numLikes}\n`);
    expect(await runSql(counting, { ...beside, ...moved })).toBe(`${numLikes}\n`);
    expect(await runSql(counting, moved)).toMatch(/refuses the login .*LOCAL_DATA=DIR/s);
    expect(await runSql(counting, { CLICKHOUSE_ADDRESS: '127.0.0.1:1' })).toMatch(/can't be reached .*LOCAL_DATA=DIR/);
  }

  test('Ctrl-C before everything runs is answered at once, and leaves nothing running', async () => {
    const run = start('--data', join(folder, 'early'), '--port-offset', String(offset), '--play', recording);
    await until(() => /applying 0002/.test(run.output()), run);
    run.process.kill('SIGINT');
    expect(await run.exit).toBe(0);
    expect(run.output()).toMatch(/Stopping … .*\nStopped\.\n$/s);
    expect(run.output()).not.toContain('indexer: running');
    const log = await readFile(join(folder, 'early/logs/npm-start.log'), 'utf8');
    expect(log).toMatch(/Z stopping\n[^]*Z stopped\n$/);
  });

  test('a ClickHouse of your own that does not answer is named, and nothing of yours is to be deleted', async () => {
    const away = { CLICKHOUSE_ADDRESS: '127.0.0.1:1' };
    const run = startWith(away, '--data', join(folder, 'away'), '--port-offset', String(offset), '--play', recording);
    expect(await run.exit).toBe(1);
    expect(run.output()).toMatch(/127\.0\.0\.1:1 can't be reached .*CLICKHOUSE_ADDRESS names/);
    expect(run.output()).not.toMatch(/--fresh|begins with empty tables/);
    expect(run.output()).toMatch(/The log: .*away\/logs\/migrations\.log\n$/);
  });

  test('goes on where it stopped, starts again what is killed, and ends what an earlier run that was killed left behind', async () => {
    const run = startHere();
    await until(async () => (await countLikes()) === String(numLikes), run);
    const metrics = () => fetch(`http://127.0.0.1:${8091 + offset}/metrics`).then((answer) => answer.text());
    await until(
      () =>
        metrics().then(
          (said) => said.includes('updraft_indexer_connected'),
          () => false,
        ),
      run,
    );
    expect(await metrics()).not.toMatch(/^updraft_indexer_events_total\{.*\} (30\d|[4-9]\d\d)$/m);
    // the passwords are those of the start, though their file is gone meanwhile
    const netrc = join(folder, 'data', 'netrc');
    await rename(netrc, `${netrc}.away`);
    for (const pid of await children()) process.kill(pid, 'SIGKILL');
    await until(
      () => /clickhouse: running again/.test(run.output()) && /indexer: running again/.test(run.output()),
      run,
    );
    await rename(`${netrc}.away`, netrc);
    await until(async () => (await countLikes()) === String(numLikes), run);

    const pids = await children();
    run.process.kill('SIGKILL');
    await run.exit;
    const second = startHere();
    await until(() => /ClickHouse: http/.test(second.output()), second);
    // They end at once, but the process that adopted them may take its time to reap them.
    await until(() => !pids.some(isRunning), second);
    expect(second.output()).toMatch(/left behind/);

    const beside = startHere();
    expect(await beside.exit).toBe(1);
    expect(beside.output()).toContain(`An Updraft (pid ${second.process.pid}) already runs`);

    second.process.kill('SIGTERM');
    expect(await second.exit).toBe(0);
  });

  test('names a busy port and what wanted it', async () => {
    const port = 6379 + offset + 1;
    const holder = createServer().listen(port, '127.0.0.1');
    await once(holder, 'listening');
    const run = start('--data', join(folder, 'busy'), '--port-offset', String(offset + 1), '--play', recording);
    expect(await run.exit).toBe(1);
    expect(run.output()).toContain(`Port ${port}, wanted for Redis, is in use`);
    holder.close();
  });

  test('refuses an option that it does not know, with exit code 2', async () => {
    const run = start('--sead', '3');
    expect(await run.exit).toBe(2);
    expect(run.output()).toBe(
      "unknown option '--sead'\n(Did you mean --seed?)\nnpm start -- --help shows all options.\n",
    );
  });

  test('tells its options', async () => {
    const run = start('--help');
    expect(await run.exit).toBe(0);
    expect(run.output()).toContain('--port-offset <n>');
  });
});
