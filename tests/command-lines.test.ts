import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { PROGRAM_ENV } from './indexer/program.ts';

const root = resolve(import.meta.dirname, '..');

async function run(...words: string[]) {
  const child = spawn(process.execPath, words, {
    cwd: root,
    env: { ...process.env, ...PROGRAM_ENV },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: status as number | null, stdout, stderr };
}

const programs = [
  ['pnpm replay', ['apps/indexer/src/replay-command.ts']],
  ['pnpm migrate', ['packages/store/src/migrate-command.ts']],
  ['pnpm admin', ['apps/admin/src/main.ts']],
  ['pnpm admin restore', ['apps/admin/src/main.ts', 'restore']],
  ['pnpm viewer-token', ['packages/simulator/src/token-command.ts']],
  ['pnpm verify:world', ['tests/verify-world-command.ts']],
  ['pnpm bench', ['bench/main.ts']],
] as [string, string[]][];

/** They read their options as verify:world does, with the same function. */
const likeOthers = [
  ['pnpm verify:pds', ['tests/verify-pds-command.ts']],
  ['pnpm verify:outage', ['tests/verify-outage-command.ts']],
  ['pnpm verify:since', ['tests/verify-since-command.ts']],
  ['pnpm verify:feeds', ['tests/verify-feeds-command.ts']],
  ['pnpm verify:explain', ['tests/verify-explain-command.ts']],
  ['pnpm verify:for-you', ['tests/verify-for-you-command.ts']],
  ['pnpm verify:seen', ['tests/verify-seen-command.ts']],
  ...['feed', 'for-you', 'hot', 'ingest', 'search', 'starve', 'tracing'].map((name): [string, string[]] => [
    `pnpm bench ${name}`,
    ['bench/main.ts', name],
  ]),
] as [string, string[]][];

test.for([...programs, ...likeOthers])('%s tells its usage when asked', { timeout: 60_000 }, async ([name, words]) => {
  const help = await run(...words, '--help');
  expect(help).toMatchObject({ status: 0, stderr: '' });
  expect(help.stdout).toContain(name);
});

test.for(programs)(
  '%s tells its usage beside one line when an option is unknown',
  { timeout: 60_000 },
  async ([name, words]) => {
    const unknown = await run(...words, '--bogus');
    expect(unknown.status).toBeGreaterThan(0);
    expect(unknown.stdout).toBe('');
    expect(unknown.stderr).toContain(name.split(' ', 2).join(' '));
    expect(unknown.stderr).not.toMatch(/^ +at |node:internal|ERR_PARSE/m);
  },
);

test('a value that is no number is named', async () => {
  expect(await run('tests/verify-world-command.ts', '--seed', 'x')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(
      /'--seed <number>' argument 'x' is invalid\. expected a number\s+usage: pnpm verify:world /,
    ),
  });
});

test('a column of a table that is not imported is refused, whatever its name', async () => {
  const words = ['import', '--from', 'http://127.0.0.1:1', '--column', 'toString.feed=alias'];
  expect(await run('apps/admin/src/main.ts', ...words)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('expected a column such as api_keys.feed=alias'),
  });
});
