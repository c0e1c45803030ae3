import { parseArgs } from 'node:util';
import { verifyPds } from './pds/verify.ts';
import { numbersOf } from './world/command-line.ts';

// `pnpm verify:pds [--seed 1] [--deeds 1000]`: exit code 0 only when the index is as the repositories on a real PDS say.
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, deeds: { type: 'string', default: '1000' } },
});
const { differences, ...figures } = await verifyPds(numbersOf(values));
for (const difference of differences) process.stderr.write(`${difference}\n`);
process.stdout.write(`${JSON.stringify({ ...figures, differences: differences.length })}\n`);
process.exit(differences.length === 0 ? 0 : 1);
