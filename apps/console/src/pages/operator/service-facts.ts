import { formatBytes, formatCount, formatSpan } from '../../data/format.ts';

/** Units that names of facts end in. */
const UNITS: readonly (readonly [ending: string, format: (value: number) => string])[] = [
  ['Bytes', (bytes) => (bytes === 0 ? 'none' : formatBytes(bytes))],
  ['AgeSeconds', (seconds) => `${formatSpan(seconds)} old`],
  ['Seconds', formatSpan],
];

/** Facts whose own name does not say it. */
const WORDS: Readonly<Record<string, string>> = {
  viewersKept: 'readers in memory',
  viewersUnderWay: 'readers’ lists being made',
  viewersWaiting: 'readers waiting',
  rowsQueued: 'rows waiting to be stored',
  cuts: 'hidden posts read',
  lag: 'behind the network by',
  queue: 'events waiting to be stored',
  host: 'reads',
  hosts: 'may read',
  role: 'is',
  cleanups: 'clean-ups',
};

/** What a service tells of itself, in words: `accountCacheBytes: 1200000` is `account cache: 1.2 MB`. */
export function factsOf(facts: Readonly<Record<string, string | number>>): [name: string, value: string][] {
  return Object.entries(facts).map(([name, value]) => {
    if (typeof value === 'string') return [wordsOf(name), value];
    const [ending, format] = UNITS.find(([end]) => name.endsWith(end)) ?? ['', formatCount];
    return [wordsOf(name.slice(0, name.length - ending.length)), format(value)];
  });
}

function wordsOf(name: string): string {
  return (
    WORDS[name] ?? name.replaceAll(/(?<=[a-z\d])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' ')
  );
}
