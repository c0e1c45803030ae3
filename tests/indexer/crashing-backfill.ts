import { runBackfill } from '@updraft/indexer';
import { crashHooks } from './crash-points.ts';

await runBackfill(crashHooks(process.env['CRASH_POINT']));
