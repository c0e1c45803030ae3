import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { progressLine, startProgressBar } from './progress-bar.ts';

const state = { subject: '/data/file_0001.json.gz', share: 0.42, count: 1_234_567, unit: 'events', elapsedMs: 14_000 };

describe('the line of progress', () => {
  test('shows the file, its share, the events, their rate and what is left', () => {
    expect(progressLine(state, 200)).toBe(
      '/data/file_0001.json.gz  ██████████░░░░░░░░░░░░░░  42 %  1,234,567 events  88,183/s  0:19 left',
    );
  });

  test('fits into any terminal, whatever the state', () => {
    const share = fc.oneof(fc.double({ min: -1, max: 2, noNaN: true }));
    fc.assert(
      fc.property(
        fc.string(),
        share,
        fc.nat(),
        fc.nat(),
        fc.nat({ max: 300 }),
        (subject, done, count, elapsedMs, columns) => {
          expect(
            progressLine({ subject, share: done, count, unit: 'events', elapsedMs }, columns).length,
          ).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});

test('elsewhere than on a terminal whole lines are written', () => {
  let written = '';
  startProgressBar(() => state, { write: (text) => (written += text) }).finish();
  expect(written).toBe(`${progressLine(state, 200)}\n`);
});
