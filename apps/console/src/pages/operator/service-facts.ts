import { formatBytes, formatCount } from '../../data/format.ts';

/** What a service tells of itself, in words: `cacheBytes: 1200000` is `cache: 1.2 MB`. */
export function factsOf(facts: Readonly<Record<string, string | number>>): [name: string, value: string][] {
  return Object.entries(facts).map(([name, value]) => {
    if (typeof value === 'string') return [wordsOf(name), value];
    return name.endsWith('Bytes')
      ? [wordsOf(name.slice(0, -'Bytes'.length)), formatBytes(value)]
      : [wordsOf(name), formatCount(value)];
  });
}

function wordsOf(name: string): string {
  return name.replaceAll(/(?<=[a-z\d])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' ');
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Such as `3 days`. */
export function uptimeOf(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? UNITS[3];
  const count = Math.floor(seconds / size);
  return `${formatCount(count)} ${unit}${count === 1 ? '' : 's'}`;
}
