import { serveIndexer } from '@updraft/indexer';
import { crashHooks } from './crash-points.ts';

await serveIndexer(crashHooks(process.env['CRASH_POINT']));
