import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'updraft-login-'));
  await cp(join(import.meta.dirname, '../scripts/local-login.mjs'), join(root, 'scripts/local-login.mjs'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** What a run leaves in its data folder; `pid` is that of its owner. */
async function note(folder: string, address: string, pid = process.pid): Promise<void> {
  const path = join(root, folder);
  await mkdir(path, { recursive: true });
  const run = { owner: { pid }, forCommands: { CLICKHOUSE_ADDRESS: address, REDIS_ADDRESS: 'redis-of-it:1' } };
  await writeFile(join(path, 'run.json'), JSON.stringify(run));
  await writeFile(join(path, 'netrc'), `machine 127.0.0.1 login updraft password of-${address}\n`);
}

/** The variables that a command is left with, and what the person reads. */
async function found(env: Readonly<Record<string, string>> = {}) {
  const program = 'console.log(JSON.stringify(process.env))';
  const args = ['--import', join(root, 'scripts/local-login.mjs'), '--eval', program];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
  const variables = JSON.parse(stdout) as Record<string, string>;
  return {
    address: variables['CLICKHOUSE_ADDRESS'],
    password: variables['CLICKHOUSE_PASSWORD'],
    redis: variables['REDIS_ADDRESS'],
    stderr,
  };
}

const first = '127.0.0.1:8123';
const second = '127.0.0.1:8223';
const third = '127.0.0.1:8323';
const redis = 'redis-of-it:1';

test('a command finds the only run of the folder, wherever its ports are', async () => {
  await note('.data', first, 2 ** 30); // a killed run's
  await note('.data/offset-100', second);
  expect(await found()).toEqual({ address: second, password: `of-${second}`, redis, stderr: '' });
});

test('the run in .data comes before those with other ports; LOCAL_DATA names another', async () => {
  await note('.data', first);
  await note('.data/offset-100', second);
  await note('elsewhere', third);
  expect(await found()).toMatchObject({ address: first, password: `of-${first}` });
  expect(await found({ LOCAL_DATA: '.data/offset-100' })).toMatchObject({ address: second, password: `of-${second}` });
  expect(await found({ LOCAL_DATA: 'elsewhere' })).toMatchObject({ address: third, password: `of-${third}` });
});

test('several runs with other ports are told, with what to set', async () => {
  await note('.data/offset-100', second);
  await note('.data/offset-200', third);
  const { address, stderr } = await found();
  expect(address).toBeUndefined();
  expect(stderr).toBe('Several npm start run here. Set LOCAL_DATA=.data/offset-100 or LOCAL_DATA=.data/offset-200.\n');
});

test('what the environment says stays; a password of here goes to no other machine', async () => {
  await note('.data', first);
  await note('.data/offset-100', second);
  expect(await found({ REDIS_ADDRESS: 'mine:1' })).toMatchObject({ address: first, redis: 'mine:1' });
  expect(await found({ CLICKHOUSE_ADDRESS: second })).toMatchObject({ address: second, password: `of-${second}` });
  const away = { CLICKHOUSE_ADDRESS: 'db.example:8123', LOCAL_DATA: '.data' };
  expect(await found(away)).toEqual({ address: 'db.example:8123', password: undefined, redis: undefined, stderr: '' });
});

test('nothing is set where nothing has run', async () => {
  expect(await found()).toEqual({ address: undefined, password: undefined, redis: undefined, stderr: '' });
});
