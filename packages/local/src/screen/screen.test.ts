import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sparkline } from './line.ts';
import { progressLine, remarkLine } from './plain-lines.ts';
import { renderScreen } from './screen.ts';
import type { PartView, Snapshot } from './snapshot.ts';

const part = (name: string): PartView => ({
  name,
  state: 'running',
  pid: 1,
  sinceMs: 0,
  restarts: 0,
  residentBytes: 90_000_000,
});

const atMs = new Date(2026, 10, 22, 12, 0, 5).getTime();

const snapshot: Snapshot = {
  atMs,
  network: 'the public Jetstream',
  isLive: true,
  addresses: [
    { label: 'ClickHouse', address: 'http://127.0.0.1:8123' },
    { label: 'Redis', address: '127.0.0.1:6379' },
    { label: 'Metrics', address: 'http://127.0.0.1:8091/metrics' },
    { label: 'Feeds', address: 'http://127.0.0.1:8094' },
    { label: 'Search', address: 'http://127.0.0.1:8092' },
    { label: 'Logs', address: '.data/logs' },
  ],
  figures: {
    eventsPerSecond: 4210,
    total: 1_203_332,
    lagSeconds: 0.8,
    batches: 124,
    retries: 0,
    rejected: 2,
    gaps: 0,
    queueBytes: 1_200_000,
    connectedTo: 'wss://jetstream2.us-east.bsky.network/subscribe',
  },
  rates: [100, 2_000, 4_210],
  rows: {
    repo_records: { rows: 1_203_332, precision: 'estimate' },
    likes: { rows: 812_002, precision: 'estimate' },
    posts: { rows: 98_001, precision: 'exact' },
  },
  parts: ['clickhouse', 'redis', 'network', 'indexer', 'feedgen', 'search'].map(part),
  remarks: Array.from({ length: 9 }, (_, i) => ({
    atMs,
    part: 'indexer',
    level: 'warn' as const,
    text: `remark ${i}`,
  })),
};

function shown(of: Snapshot, columns: number, rows: number): string[] {
  return stripVTControlCharacters(renderScreen(of, { columns, rows })).split('\n');
}

describe('the live view', () => {
  test('80 × 24 holds every address, every process, the figures and the last warnings', () => {
    const lines = shown(snapshot, 80, 24);
    const text = lines.join('\n');
    expect(lines.length).toBeLessThan(24);
    for (const { address } of snapshot.addresses) expect(text).toContain(address);
    for (const { name } of snapshot.parts) expect(text).toMatch(new RegExp(`^${name} +running`, 'm'));
    for (const figure of [
      '4,210 events/s',
      '1,203,332 since start',
      'lag 0.8 s',
      '≈812,000',
      ' 98,001',
      'rejected 2',
      'gaps 0',
      'batches 124',
    ]) {
      expect(text).toContain(figure);
    }
    expect(text).toContain('remark 8');
  });

  test('a low terminal says how many lines it lacks', () => {
    const lines = shown(snapshot, 60, 20);
    const unseen = snapshot.parts.filter(({ name }) => !lines.some((line) => line.startsWith(`${name} `)));
    expect(unseen.length).toBeGreaterThan(0);
    expect(lines.at(-1)).toBe(`… ${unseen.length} more lines in a taller window`);
  });

  test('a long name of a process stays apart from what follows it', () => {
    const name = 'clickhouse-16';
    const remarks = [{ atMs, part: name, level: 'warn' as const, text: 'ended' }];
    const text = shown({ ...snapshot, parts: [...snapshot.parts, part(name)], remarks }, 80, 24).join('\n');
    expect(text).toMatch(/^clickhouse-16 {2}running/m);
    expect(text).toMatch(/ clickhouse-16 {2}ended/);
    const column = (line: RegExp) => line.exec(text)?.[1]?.length;
    expect(column(/^(redis +)running/m)).toBe(column(/^(Process +)state/m));
  });

  test('it says so while the indexer or ClickHouse does not answer', () => {
    const text = shown({ ...snapshot, figures: undefined, rows: undefined }, 80, 24).join('\n');
    expect(text).toContain('does not answer');
    expect(text).not.toContain('NaN');
  });

  test('it never grows beyond the terminal, whatever its size and however long the texts', () => {
    const size = fc.record({ columns: fc.integer({ min: 21, max: 200 }), rows: fc.integer({ min: 2, max: 60 }) });
    fc.assert(
      fc.property(size, fc.string({ maxLength: 300 }), ({ columns, rows }, text) => {
        const clean = text.replaceAll(/\p{C}/gu, '');
        const lines = shown(
          { ...snapshot, network: clean, remarks: [{ atMs, part: clean, level: 'error', text: clean }] },
          columns,
          rows,
        );
        expect(lines.length).toBeLessThan(rows);
        for (const line of lines) expect([...line].length).toBeLessThan(columns);
      }),
    );
  });

  test('the bars of the rate are as high as their share of the highest', () => {
    expect(sparkline([0, 50, 100], 10)).toBe('▁▅█');
    expect(sparkline([1, 2, 3, 4], 2)).toBe('▇█');
    expect(sparkline([], 10)).toBe('');
  });
});

describe('plain lines', () => {
  test('a line of progress has the figures and the rows by table', () => {
    expect(progressLine(snapshot)).toBe(
      '12:00:05  4,210 events/s  1,203,332 since start  lag 0.8 s  posts 98,001  likes ≈812,000  rejected 2  gaps 0',
    );
  });

  test('a recorded stream has no lag', () => {
    expect(progressLine({ ...snapshot, isLive: false })).not.toContain('lag');
    expect(shown({ ...snapshot, isLive: false }, 80, 24).join()).not.toContain('lag');
  });

  test('without a connection there is no lag: it says so instead', () => {
    const figures = snapshot.figures && { ...snapshot.figures, lagSeconds: undefined, connectedTo: undefined };
    for (const text of [progressLine({ ...snapshot, figures }), shown({ ...snapshot, figures }, 80, 24).join()]) {
      expect(text).toContain('no connection to the network');
      expect(text).not.toContain('lag');
    }
  });

  test('a part that is not running is named', () => {
    const parts = [{ ...part('indexer'), state: 'waiting' as const }];
    expect(progressLine({ ...snapshot, figures: undefined, parts })).toContain('indexer not answering');
    expect(progressLine({ ...snapshot, parts })).toMatch(/indexer waiting$/);
  });

  test('a remark names its part', () => {
    expect(remarkLine({ atMs, part: 'redis', level: 'warn', text: 'ended (exit code 1)' })).toBe(
      '12:00:05  redis: ended (exit code 1)',
    );
  });
});
