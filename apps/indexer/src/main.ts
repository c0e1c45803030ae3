import { serveIndexer } from './run/serve-indexer.ts';

await serveIndexer(process.env);
