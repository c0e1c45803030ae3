import { runReplay } from '@updraft/indexer';
import { crashHooks } from './crash-points.ts';

await runReplay(crashHooks(process.env['CRASH_POINT']));
