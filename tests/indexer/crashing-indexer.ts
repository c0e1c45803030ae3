import { serveIndexer } from '@updraft/indexer';
import { crashHooks } from './crash-points.ts';

await serveIndexer(process.env, crashHooks(process.env['CRASH_POINT']));
