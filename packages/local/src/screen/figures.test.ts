import { describe, expect, test } from 'vitest';
import { createFigures, type IndexerReading, readIndexer } from './figures.ts';
import { parseSamples } from './prometheus-text.ts';

const metrics = `# HELP updraft_indexer_events_total Events
# TYPE updraft_indexer_events_total counter
updraft_indexer_events_total{kind="commit",operation="create",collection="app.bsky.feed.like"} 700
updraft_indexer_events_total{kind="identity",operation="",collection=""} 12
updraft_indexer_lag_seconds 0.75
updraft_indexer_batches_total 31
updraft_indexer_write_retries_total 2
updraft_indexer_rejected_total{reason="bad_rev"} 3
updraft_indexer_rejected_total{reason="not_json"} 1
updraft_indexer_gaps_total 1
updraft_indexer_queue_bytes 1.5e+06
updraft_indexer_connected{host="wss://one.example/subscribe"} 0
updraft_indexer_connected{host="wss://two.example/subscribe"} 1
`;

function reading(atMs: number, events: number, batches = 0): IndexerReading {
  const none = { retries: 0, rejected: 0, gaps: 0, queueBytes: 0, lagSeconds: undefined, connectedTo: undefined };
  return { ...none, atMs, events, batches };
}

describe('the figures of the screen', () => {
  test('are read from the indexer’s metrics, labels summed up', () => {
    expect(readIndexer(parseSamples(metrics), 5)).toEqual({
      atMs: 5,
      events: 712,
      batches: 31,
      retries: 2,
      rejected: 4,
      gaps: 1,
      queueBytes: 1_500_000,
      lagSeconds: 0.75,
      connectedTo: 'wss://two.example/subscribe',
    });
  });

  test('an indexer that has counted nothing yet has no lag and no connection', () => {
    const empty = readIndexer(parseSamples(''), 5);
    expect(empty.events).toBe(0);
    expect(empty.lagSeconds).toBeUndefined();
    expect(empty.connectedTo).toBeUndefined();
  });

  test('an indexer that has lost its connection has no lag, whatever its last event was', () => {
    const { lagSeconds } = readIndexer(
      parseSamples(metrics.replace('two.example/subscribe"} 1', 'two.example/subscribe"} 0')),
      5,
    );
    expect(lagSeconds).toBeUndefined();
  });

  test('a restarted indexer takes nothing from the totals', () => {
    const figures = createFigures();
    figures.add(reading(0, 1_000, 10));
    expect(figures.add(reading(1_000, 40, 1))).toMatchObject({ total: 1_040, batches: 11 });
    expect(figures.add(reading(2_000, 5, 0))).toMatchObject({ total: 1_045, batches: 11 });
  });

  test('the rate is that of the last five seconds', () => {
    const figures = createFigures();
    expect(figures.add(reading(0, 0)).eventsPerSecond).toBeUndefined();
    expect(figures.add(reading(1_000, 100)).eventsPerSecond).toBe(100);
    for (let second = 2; second <= 6; second++) figures.add(reading(second * 1_000, 100));
    expect(figures.add(reading(7_000, 100)).eventsPerSecond).toBe(0);
  });
});

describe('Prometheus’s text', () => {
  test('escaped labels, infinities and unknown lines are understood or left out', () => {
    const samples = parseSamples('a{b="x\\"y\\\\z\\nw",c=""} +Inf 1700000000\nnot a sample\nb 3\n');
    expect(samples).toEqual([
      { name: 'a', labels: { b: 'x"y\\z\nw', c: '' }, value: Number.POSITIVE_INFINITY },
      { name: 'b', labels: {}, value: 3 },
    ]);
  });
});
