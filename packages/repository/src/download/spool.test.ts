import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const LOOK =
  "import { runInNewContext } from 'node:vm'; await import('@updraft/repository'); console.log(runInNewContext('typeof gc'))";

test("importing the package leaves the engine's flags alone", async () => {
  // In a process of its own: another test file may have set flags in this one.
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', LOOK], {
    cwd: import.meta.dirname,
  });
  expect(stdout).toBe('undefined\n');
});
