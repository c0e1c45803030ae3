import { feedInteractions } from '@updraft/store';
import { expect, test } from 'vitest';
import { createRowQueue } from './row-queue.ts';

const row = {
  receivedAt: 0,
  feed: 'f',
  viewerDid: 'did:plc:a',
  interactionId: '1',
  item: '',
  event: 'interactionSeen',
  feedContext: '',
  reqId: '',
};

test('a queue of rows is bounded by its rows and by their bytes, and counts what it drops', () => {
  for (const [feedContext, most] of [
    ['', 50_000],
    ['x'.repeat(5_000), 14_000],
  ] as const) {
    let dropped = 0;
    const queue = createRowQueue({
      table: feedInteractions,
      writer: { write: () => Promise.reject(new Error('away')) },
      metrics: { rowsDropped: { inc: () => void (dropped += 1) } as never },
      onError: () => {},
    });
    for (let n = 0; n < 60_000; n++) queue.push({ ...row, feedContext });
    expect(queue.waiting()).toBeLessThanOrEqual(most);
    expect(queue.waiting() + dropped).toBe(60_000);
  }
});
