import {
  hashText,
  healedGaps,
  type IngestGapRow,
  ingestGaps,
  insertRows,
  readGaps,
  readIngestStats,
  readOpenGaps,
} from '@updraft/store';
import { expect, test } from 'vitest';
import { ingestReport, readIngestReport } from '../apps/search/src/stats/operator-stats.ts';
import { useStore } from './use-store.ts';

const store = useStore();
const T = 1_795_000_000_000_000;
const gap: IngestGapRow = {
  gapId: hashText('a gap'),
  host: 'wss://host/subscribe',
  kind: 'possible',
  fromTime: T + 123,
  toTime: T + 600_000_456,
  detail: 'none came again',
};

test('a gap is open until its stretch was read again, and once more when it turns out to be longer; the report of the ingest says so', async () => {
  const { clickhouse } = store;
  const figures = async () => {
    const { numGaps, numOpenGaps } = await readIngestStats(clickhouse, T / 1000);
    return [numGaps, numOpenGaps];
  };
  expect(await figures()).toEqual([0, 0]);
  await insertRows(clickhouse, ingestGaps, [gap]);
  expect(await readOpenGaps(clickhouse)).toEqual([gap]);
  expect(await readGaps(clickhouse, 10)).toEqual([{ ...gap, isOpen: true, source: '', numEvents: 0, healedAt: 0 }]);
  expect(await figures()).toEqual([1, 1]);

  const { gapId, fromTime, toTime } = gap;
  const healed = { gapId, fromTime, toTime, source: 'the archive', numEvents: 7, healedAt: T / 1000 };
  for (let time = 0; time < 2; time++) await insertRows(clickhouse, healedGaps, [healed]);
  expect(await readOpenGaps(clickhouse)).toEqual([]);
  const known = { source: 'the archive', numEvents: 7, healedAt: T / 1000 };
  expect(await readGaps(clickhouse, 10)).toEqual([{ ...gap, isOpen: false, ...known }]);
  expect(await figures()).toEqual([1, 0]);

  const longer = { ...gap, toTime: toTime + 1 };
  await insertRows(clickhouse, ingestGaps, [longer]);
  expect(await readOpenGaps(clickhouse)).toEqual([longer]);
  expect(await readGaps(clickhouse, 10)).toEqual([{ ...longer, isOpen: true, ...known }]);

  const report = ingestReport.parse(await readIngestReport(clickhouse, T / 1000));
  expect(report).toMatchObject({
    num_gaps: 1,
    num_open_gaps: 1,
    gaps: [{ host: gap.host, is_open: true, healed_from: 'the archive', healed_at: new Date(T / 1000).toISOString() }],
  });
});
