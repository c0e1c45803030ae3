/** One sample of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Prometheus's text format → samples. Comments and malformed lines are left out. */
export function parseSamples(text: string): Sample[] {
  return text.split('\n').flatMap(parseLine);
}

/** The sum of the samples of that name; 0 without any. */
export function sumOf(samples: readonly Sample[], name: string): number {
  return valuesOf(samples, name).reduce((sum, value) => sum + value, 0);
}

/** The highest of the samples of that name; undefined without any. */
export function maxOf(samples: readonly Sample[], name: string): number | undefined {
  const values = valuesOf(samples, name);
  return values.length === 0 ? undefined : Math.max(...values);
}

function valuesOf(samples: readonly Sample[], name: string): number[] {
  return samples.flatMap((sample) => (sample.name === name && Number.isFinite(sample.value) ? [sample.value] : []));
}

function parseLine(line: string): Sample[] {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line);
  if (match?.[1] === undefined || match[3] === undefined) return [];
  const value = Number(match[3].replace(/^([+-]?)Inf$/, '$1Infinity'));
  return Number.isNaN(value) ? [] : [{ name: match[1], labels: parseLabels(match[2] ?? ''), value }];
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const match of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
    const [, name, value] = match;
    if (name !== undefined && value !== undefined) labels[name] = unescape(value);
  }
  return labels;
}

function unescape(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
