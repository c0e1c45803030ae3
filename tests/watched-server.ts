import type { ClickHouse, RedisServer } from '@updraft/local';
import { noteFault } from './until.ts';

/** Of what a server wrote before it ended. */
const MAX_LINES = 50;

/**
 * Starts a server that ends only when its handle ends it. Any other end would let tests wait for what can't come: it is told with the server's
 * last lines, and ends their waits.
 */
export async function startWatched<Server extends ClickHouse | RedisServer>(
  name: string,
  start: (onLine: (line: string) => void) => Promise<Server>,
): Promise<Server> {
  const lines: string[] = [];
  const server = await start((line) => {
    lines.push(line);
    if (lines.length > MAX_LINES) lines.shift();
  });
  let isMeant = false;
  const meant =
    <Words extends unknown[], End>(end: (...words: Words) => End) =>
    (...words: Words): End => {
      isMeant = true;
      return end(...words);
    };
  void server.exited.then(({ code, signal }) => {
    if (!isMeant) noteFault(new Error(`${name} ended by itself (${signal ?? code}):\n${lines.join('\n')}`));
  });
  return { ...server, kill: meant(server.kill), stop: meant(server.stop) };
}
