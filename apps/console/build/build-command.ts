import { join } from 'node:path';
import { buildConsole } from './build-console.ts';

try {
  await buildConsole(join(import.meta.dirname, '../dist'));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`); // esbuild's names the file and the line
  process.exitCode = 1;
}
