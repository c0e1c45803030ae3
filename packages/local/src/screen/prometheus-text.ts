/** One sample of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Prometheus's text format → samples; comments, and lines it does not understand, are left out. */
export function parseSamples(text: string): Sample[] {
  return text.split('\n').flatMap(parseLine);
}

/** The sum of the samples of that name whose labels are as wanted; 0 when there is none. */
export function sumOf(samples: readonly Sample[], name: string, wanted: Readonly<Record<string, string>> = {}): number {
  let total = 0;
  for (const sample of samples) {
    if (sample.name === name && matches(sample, wanted) && Number.isFinite(sample.value)) total += sample.value;
  }
  return total;
}

/** The highest of the samples of that name; undefined when there is none. */
export function maxOf(samples: readonly Sample[], name: string): number | undefined {
  const values = samples
    .filter((sample) => sample.name === name && Number.isFinite(sample.value))
    .map(({ value }) => value);
  return values.length === 0 ? undefined : Math.max(...values);
}

function matches(sample: Sample, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([label, value]) => sample.labels[label] === value);
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
