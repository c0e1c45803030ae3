import { StringDecoder } from 'node:string_decoder';
import type { Child } from './child.ts';

/** Passes on each line that a process prints. Gives a function that tells the last one that is not blank. */
export function listenTo(child: Child, onLine: (line: string, stream: 'stdout' | 'stderr') => void): () => string {
  let last = '';
  for (const stream of ['stdout', 'stderr'] as const) {
    const onWhole = (line: string) => {
      last = line.trim() || last;
      onLine(line, stream);
    };
    child.process[stream]?.on('data', createLineCutter(onWhole));
  }
  return () => last;
}

/** Cuts output into lines. A line longer than `maxLength` characters is cut there. */
export function createLineCutter(onLine: (line: string) => void, maxLength = 64_000): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (rest.length > maxLength) {
      onLine(rest);
      rest = '';
    }
  };
}
