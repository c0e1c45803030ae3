import { noteFault } from './until.ts';

interface Server {
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  kill(signal: NodeJS.Signals): Promise<unknown>;
  stop(): Promise<unknown>;
}

/** Of what a server wrote before it ended. */
const MAX_LINES = 50;

/**
 * Starts a server that ends only when its handle ends it. Any other end would let tests wait for what can't come: it is told with the server's
 * last lines, and ends their waits.
 */
export async function startWatched<Started extends Server>(
  name: string,
  start: (onLine: (line: string) => void) => Promise<Started>,
): Promise<Started> {
  const lines: string[] = [];
  const server = await start((line) => {
    lines.push(line);
    if (lines.length > MAX_LINES) lines.shift();
  });
  let isMeant = false;
  const meant = <End extends (...words: never[]) => unknown>(end: End): End =>
    ((...words: Parameters<End>) => {
      isMeant = true;
      return end(...words);
    }) as End;
  void server.exited.then(({ code, signal }) => {
    if (!isMeant) noteFault(new Error(`${name} ended by itself (${signal ?? code}):\n${lines.join('\n')}`));
  });
  return { ...server, kill: meant(server.kill), stop: meant(server.stop) };
}
