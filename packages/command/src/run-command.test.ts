import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SetupError } from '@updraft/service';
import { describe, expect, test } from 'vitest';
import { JSON_OPTION, writeRow } from './rows.ts';
import { type BuildProgram, runCommand } from './run-command.ts';
import { accountDid, each, wholeNumber } from './values.ts';

const build: BuildProgram = (program, io) => {
  program
    .command('list')
    .argument('[did...]', 'accounts', each(accountDid))
    .option('--limit <n>', 'at most', wholeNumber(1, 10), 10)
    .option(...JSON_OPTION)
    .action((dids = [], options) => {
      if (options.limit === 7) throw new SetupError('seven is taken');
      if (options.limit === 8) throw new TypeError('a fault of ours');
      for (const did of dids) writeRow(io, options, [did, options.limit, ''], { did, limit: options.limit });
    });
};

async function run(...argv: string[]) {
  const [out, notes]: [string[], string[]] = [[], []];
  const io = { env: {}, out: (line: string) => out.push(line), note: (line: string) => notes.push(line) };
  return { code: await runCommand('pnpm try', build, argv, io), out, notes: notes.join('\n') };
}

describe('a command line', () => {
  test('that is understood gives exit code 0, and its answer as columns or as JSON', async () => {
    const dids = ['did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', 'did:web:b.example'];
    expect(await run('list', ...dids)).toEqual({ code: 0, out: dids.map((did) => `${did}\t10`), notes: '' });
    expect(await run('list', dids[1] ?? '', '--limit', '3', '--json')).toEqual({
      code: 0,
      out: ['{"did":"did:web:b.example","limit":3}'],
      notes: '',
    });
  });

  test.for([
    [['lst'], /unknown command 'lst'\n\(Did you mean list\?\)\npnpm try --help/],
    [['list', '--limt', '3'], /unknown option '--limt'\n\(Did you mean --limit\?\)\npnpm try list --help/],
    [['list', '--limit'], /'--limit <n>' argument missing/],
    [['list', '--limit', '11'], /'11' is invalid\. expected a whole number from 1 to 10/],
    [['list', '--limit', '1e1'], /'1e1' is invalid\. expected a whole number from 1 to 10/],
    [['list', 'alice.example'], /'alice.example' is invalid.* expected a DID/],
  ] as const)('that is not understood gives exit code 2 and says what was expected: %j', async ([argv, words]) => {
    const { code, out, notes } = await run(...argv);
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(notes).toMatch(words);
  });

  test('whose work fails gives exit code 1 and one sentence; a fault of the program is thrown', async () => {
    expect(await run('list', '--limit', '7')).toEqual({ code: 1, out: [], notes: 'seven is taken' });
    await expect(run('list', '--limit', '8')).rejects.toThrow(TypeError);
  });

  test('without words, or with --help, shows help and gives exit code 0', async () => {
    for (const argv of [[], ['--help'], ['help']]) {
      const { code, out, notes } = await run(...argv);
      expect({ code, notes }).toEqual({ code: 0, notes: '' });
      expect(out.join('\n')).toMatch(/pnpm try[^]*list[^]*Exit codes: 0 done, 1 failed, 2 not understood/);
    }
  });
});

test('a row of text has the columns that it should, whatever strangers wrote into them', () => {
  const lines: string[] = [];
  const io = { env: {}, out: (line: string) => lines.push(line), note: () => {} };
  writeRow(io, {}, ['a\tb\nc', '\u001B[2J\u0000\u009B31mred', '\u202Edeb\u202C 👩‍👧', 3], {});
  expect(lines).toEqual(['a b c\t [2J 31mred\tdeb 👩‍👧\t3']);
});

test('a program whose reader stops reading ends without a word', async () => {
  const program = `
    import { setTimeout } from 'node:timers/promises';
    import { runProgram } from '${new URL('run-command.ts', import.meta.url).href}';
    const lines = async (out) => { for (let n = 0; n < 100; n++) { out(String(n)); await setTimeout(5); } };
    process.exitCode = await runProgram('try', (program, { out }) => program.action(() => lines(out)), process);`;
  const piped = 'node --input-type=module -e "$PROGRAM" | head -n 1';
  const env = { ...process.env, PROGRAM: program, NODE_OPTIONS: '' };
  expect(await promisify(execFile)('sh', ['-c', piped], { env })).toEqual({ stdout: '0\n', stderr: '' });
});
