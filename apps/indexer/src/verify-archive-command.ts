import { runVerifyArchive } from './verify/run-verify-archive.ts';

await runVerifyArchive();
