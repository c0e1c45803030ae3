import { readNumbers } from './world/command-line.ts';

const numbers = readNumbers(
  `pnpm verify:pds [--seed 1] [--deeds 1000]
  People on a real PDS. Exit code 0 only when the index is as their repositories say.`,
  { seed: 1, deeds: 1_000 },
);
const { verifyPds } = await import('./pds/verify.ts'); // and with it a PDS: not for those who only ask for the usage
const { differences, ...figures } = await verifyPds(numbers);
for (const difference of differences) process.stderr.write(`${difference}\n`);
process.stdout.write(`${JSON.stringify({ ...figures, differences: differences.length })}\n`);
process.exit(differences.length === 0 ? 0 : 1);
