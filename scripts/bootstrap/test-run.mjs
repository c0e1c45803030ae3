// `npm test`: format, lint, types, unused code; then all tests; then one line with the result.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCaptured, runForeground } from './process.mjs';
import { countTests, summaryLine } from './test-summary.mjs';

const checks = [
  { name: 'format and imports', command: ['biome', 'check', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware'] },
  { name: 'types', command: ['tsc', '-b'] },
  { name: 'unused code', command: ['knip'] },
];

/**
 * @param {{ root: string, node: string, env: NodeJS.ProcessEnv, args: string[], say: (line: string) => void }} deps `args` go
 *   to vitest; with any, the checks are left out
 * @returns {Promise<number>} the exit code
 */
export async function runTests({ root, node, env, args, say }) {
  const failedChecks = args.length === 0 ? await runChecks({ root, env, say }) : 0;
  say('Tests against the real engine and Redis');
  const tests = await runVitest({ root, node, env, args });
  const total = { ...tests, failed: tests.failed + failedChecks };
  if (env.NO_CHROMIUM) say(`The tests in a browser were skipped: ${env.NO_CHROMIUM}`);
  say(summaryLine(total));
  return total.failed > 0 ? 1 : 0;
}

async function runChecks({ root, env, say }) {
  say('Checks: format, lint, types, unused code');
  const started = Date.now();
  const runs = checks.map(({ name, command: [program, ...args] }) => ({
    name,
    result: runCaptured(join(root, 'node_modules', '.bin', program), args, { cwd: root, env }).catch((error) => ({
      code: 1,
      output: error.message,
    })),
  }));
  let failed = 0;
  for (const { name, result } of runs) {
    const { code, output } = await result;
    if (code !== 0) failed += 1;
    say(code === 0 ? `  ✓ ${name}` : `  ✗ ${name}\n${output.trimEnd()}`);
  }
  say(`  ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return failed;
}

async function runVitest({ root, node, env, args }) {
  const folder = await mkdtemp(join(tmpdir(), 'updraft-test-'));
  const report = join(folder, 'report.json');
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const code = await runForeground(
      node,
      [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
      { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const text = await readFile(report, 'utf8').catch(() => ''); // vitest left none
    return countTests(text, code);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
