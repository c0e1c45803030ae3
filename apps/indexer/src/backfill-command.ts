import { runBackfill } from './archive/run-backfill.ts';

await runBackfill();
