import { existsSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { announceAndServe, fail, readNumber } from './command-line.ts';
import { startPlayServer } from './play.ts';

const program = new Command('play-main.ts')
  .description('Plays a recorded stream as Jetstream.')
  .argument('<file>')
  .option('--port <n>', 'its port; 0: any free one', readNumber, 0)
  .option('--rate <n>', 'events a second; default: as fast as they are read', readNumber)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--attach-cursor', 'send each event with its cursor')
  .parse();
const [file] = program.processedArgs;
const { rate, attachCursor = false, host, port } = program.opts();
if (!existsSync(file)) fail(`there is no file ${file}`);

await announceAndServe(async () => {
  const server = await startPlayServer({ file, host, port, ...(rate !== undefined && { rate }), attachCursor });
  return { ready: { url: server.url, port: server.port }, close: () => server.close() };
});
