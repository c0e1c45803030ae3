import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { announceAndServe, fail, numberOption } from './command-line.ts';
import { startPlayServer } from './play.ts';

// Plays a recorded stream as Jetstream: `node packages/simulator/src/play-main.ts FILE [--port N] [--rate N] [--host H] [--attach-cursor]`.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string' },
    rate: { type: 'string' },
    host: { type: 'string' },
    'attach-cursor': { type: 'boolean' },
  },
});
const file = positionals[0];
if (file === undefined) fail('usage: play-main.ts FILE [--port N] [--rate N] [--host H] [--attach-cursor]');
if (!existsSync(file)) fail(`there is no file ${file}`);
const rate = numberOption('rate', values.rate);

await announceAndServe(async () => {
  const server = await startPlayServer({
    file,
    host: values.host ?? '127.0.0.1',
    port: numberOption('port', values.port) ?? 0,
    ...(rate !== undefined && { rate }),
    attachCursor: values['attach-cursor'] ?? false,
  });
  return { ready: { url: server.url, port: server.port }, close: () => server.close() };
});
