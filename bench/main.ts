import { readdirSync } from 'node:fs';

// `pnpm bench NAME [options]`: one file of this folder for each benchmark.
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -3));
const [name = ''] = process.argv.splice(2, 1);
if (!names.includes(name)) {
  const isHelp = name === '--help' || name === '-h';
  const usage = `usage: pnpm bench ${names.join(' | ')} [options]   (each with --help)\n`;
  (isHelp ? process.stdout : process.stderr).write(usage);
  process.exit(isHelp ? 0 : 2);
}
await import(`./${name}.ts`);
