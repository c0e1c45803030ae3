import { readdirSync } from 'node:fs';

// `pnpm bench NAME [options]`: one file of this folder for each benchmark.
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -3));
const [name = ''] = process.argv.splice(2, 1);
if (!names.includes(name)) {
  process.stderr.write(`usage: pnpm bench ${names.join(' | ')} [options]\n`);
  process.exit(1);
}
await import(`./${name}.ts`);
