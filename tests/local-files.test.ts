import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLogFile, openLogs } from '../packages/local/src/data-folder/log-file.ts';
import { takeFolder } from '../packages/local/src/data-folder/ownership.ts';
import { emptyFolder } from '../packages/local/src/plan/folders.ts';
import { identify, isAlive } from '../packages/local/src/process/process-identity.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-files-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function startSleeper() {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  return { pid: child.pid ?? 0, exited: once(child, 'exit') };
}

describe('the logs of the parts', () => {
  test('a full log becomes the old one, and what was old before is gone', async () => {
    const path = join(folder, 'a.log');
    const log = openLogFile(path, 20);
    for (let i = 0; i < 10; i++) log.write(`line ${i} of ten\n`);
    log.close();
    expect((await readdir(folder)).toSorted()).toEqual(['a.log', 'a.log.1']);
    expect(await readFile(path, 'utf8')).toMatch(/line 9 of ten\n$/);
    expect((await stat(path)).size + (await stat(`${path}.1`)).size).toBeLessThan(80);
  });

  test('each part has its own, lines are added to those of earlier runs, and a late line does no harm', async () => {
    for (const run of ['first', 'second']) {
      const logs = openLogs(join(folder, 'logs'));
      logs.write('indexer', run);
      logs.close();
      logs.write('indexer', 'late');
    }
    expect(await readFile(join(folder, 'logs', 'indexer.log'), 'utf8')).toBe('first\nsecond\n');
  });
});

describe('who owns a data folder', () => {
  test('one at a time, and the other is told the pid', async () => {
    const ownership = await takeFolder(folder, () => {});
    await expect(takeFolder(folder, () => {})).rejects.toThrow(`An Updraft (pid ${process.pid}) already runs`);
    await ownership.release();
    await (await takeFolder(folder, () => {})).release();
  });

  test('what a dead owner left running is ended, a process that only got the same pid is not', async () => {
    const [left, stranger] = [await startSleeper(), await startSleeper()];
    const owner = { pid: process.pid, startedAt: 'another time' };
    const children = [await identify(left.pid), { pid: stranger.pid, startedAt: 'another time' }];
    await writeFile(join(folder, 'run.json'), JSON.stringify({ owner, children }));
    const told: string[] = [];
    const ownership = await takeFolder(folder, (line) => told.push(line));
    await left.exited;
    expect(told).toEqual([expect.stringContaining(`pid ${left.pid}`)]);
    const strangerNow = await identify(stranger.pid);
    expect(strangerNow !== undefined && (await isAlive(strangerNow))).toBe(true);
    process.kill(stranger.pid, 'SIGKILL');
    await stranger.exited;
    await ownership.release();
  });

  test.each([
    '',
    '{',
    'null',
    '{"owner":{"pid":"1"},"children":[]}',
    '{"owner":{"pid":0,"startedAt":""},"children":[{}]}',
  ])('a note that makes no sense (%j) belongs to nobody', async (note) => {
    await writeFile(join(folder, 'run.json'), note);
    await (await takeFolder(folder, () => {})).release();
  });

  test('--fresh empties the folder but for its owner’s note and the folders of runs beside it', async () => {
    const ownership = await takeFolder(folder, () => {});
    for (const name of ['clickhouse', 'simulated-1', 'offset-100', 'logs']) await mkdir(join(folder, name));
    await emptyFolder(folder);
    expect((await readdir(folder)).toSorted()).toEqual(['offset-100', 'run.json']);
    await ownership.release();
  });
});
