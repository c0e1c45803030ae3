import { describe, expect, it } from 'vitest';
import { type IngestStats, type RateSample, withReport } from './rate-samples.ts';

const report = (updatedAt: string, thisHour: number, lastHour = 0): IngestStats => ({
  updated_at: updatedAt,
  streams: [{ stream: 'a', last_event_at: updatedAt, lag_seconds: 1.5, saved_at: updatedAt }],
  num_events_last_hour: lastHour,
  num_events_this_hour: thisHour,
  num_open_gaps: 0,
});
const samplesOf = (...reports: readonly IngestStats[]) => reports.reduce<readonly RateSample[]>(withReport, []);
const rates = (...reports: readonly IngestStats[]) => samplesOf(...reports).map(({ rate }) => rate);

describe('the live rate', () => {
  it('is what came between two reports, by the second', () => {
    expect(rates(report('2026-07-04T12:00:10Z', 100), report('2026-07-04T12:00:20Z', 600))).toEqual([null, 50]);
  });

  it('goes on over the full hour', () => {
    const reports = [report('2026-07-04T12:59:55Z', 1_000), report('2026-07-04T13:00:05Z', 40, 1_060)];
    expect(rates(...reports)).toEqual([null, 10]);
  });

  it('is unknown when the reports are hours apart, or when a later one counts fewer', () => {
    expect(rates(report('2026-07-04T10:00:00Z', 1), report('2026-07-04T12:00:00Z', 1))).toEqual([null, null]);
    expect(rates(report('2026-07-04T12:00:00Z', 9), report('2026-07-04T12:00:10Z', 1))).toEqual([null, null]);
  });

  it('takes the same report once, and none from before', () => {
    const newest = report('2026-07-04T12:00:20Z', 6);
    expect(samplesOf(newest, newest, report('2026-07-04T12:00:10Z', 1))).toHaveLength(1);
  });

  it('is not said to be close behind while no live stream is read', () => {
    const none = { ...report('2026-07-04T12:00:00Z', 0), streams: [] };
    expect(samplesOf(none, report('2026-07-04T12:00:10Z', 0)).map(({ lagSeconds }) => lagSeconds)).toEqual([null, 1.5]);
  });

  it('keeps ten minutes', () => {
    const reports = Array.from({ length: 100 }, (_, index) =>
      report(new Date(Date.UTC(2026, 6, 4, 12, 0, index * 10)).toISOString(), index),
    );
    expect(samplesOf(...reports)).toHaveLength(60);
  });
});
