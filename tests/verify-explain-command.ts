import { withCallOptions } from '@updraft/store';
import { verifyExplain } from './explain/verify.ts';
import { startStore } from './store-fixture.ts';
import { readNumbers } from './world/command-line.ts';

const numbers = readNumbers(
  `pnpm verify:explain [--seed 1] [--pairs 10000]
  Asks of random feeds and posts of a random world why a post is in the feed or not. Exit code 0 only when each answer is as the feed's SQL says.`,
  { seed: 1, pairs: 10_000 },
);
const store = await startStore();
const { mismatches, ...figures } = await verifyExplain(
  withCallOptions(store.clickhouse, { settings: { max_threads: 1 } }), // tables are small, and questions are many
  numbers,
);
await store.close();
for (const mismatch of mismatches) process.stderr.write(`${mismatch}\n`);
process.stdout.write(`${JSON.stringify({ ...figures, mismatched: mismatches.length })}\n`);
process.exit(mismatches.length === 0 ? 0 : 1);
