import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, allowance, type CleanupJob, DEFAULT_POLICY, isEnded, type JobEvent } from './job.ts';

const NOON = Date.UTC(2026, 6, 4, 12);
const HOUR = 3_600_000;
const DAY = 86_400_000;

const queued: CleanupJob = {
  jobId: 'j',
  repo: 'did:plc:a',
  cleanupTypes: ['post'],
  deleteOlderThan: NOON - DAY,
  refreshToken: 'sealed',
  numDeleted: 0,
  numDeletedToday: 0,
  numDeletedHour: 0,
  today: 0,
  hourStartedAt: 0,
  estNumRemaining: 500,
  jobState: 'queued',
  stateReason: '',
  numFailures: 0,
  inFlight: [],
  nextRunAt: NOON,
  createdAt: NOON,
  updatedAt: NOON,
  lastDeletedAt: 0,
};
const batch = (size: number) => Array.from({ length: size }, (_, i) => `c/${i}`);

function after(job: CleanupJob, atMs: number, ...events: JobEvent[]): CleanupJob {
  return events.reduce((state, event) => advance(state, event, atMs), job);
}

describe('a clean-up job', () => {
  test('counts a batch once it is known to be deleted', () => {
    const sent = after(queued, NOON, { kind: 'started' }, { kind: 'intended', writes: batch(200) });
    expect([sent.jobState, sent.numDeleted, sent.inFlight.length]).toEqual(['running', 0, 200]);
    const done = after(sent, NOON, { kind: 'deleted' });
    expect(done).toMatchObject({
      numDeleted: 200,
      numDeletedToday: 200,
      estNumRemaining: 300,
      inFlight: [],
      lastDeletedAt: NOON,
    });
  });

  test('counts a batch that was deleted before a kill when the repository is listed again', () => {
    const killed = after(queued, NOON, { kind: 'intended', writes: batch(200) });
    const listed = after(killed, NOON, { kind: 'started' }, { kind: 'listed', numRemaining: 300, numSettled: 200 });
    expect(listed).toMatchObject({ numDeleted: 200, estNumRemaining: 300, inFlight: [] });
  });

  test('starts each UTC day and each hour anew, also on the same day of another month', () => {
    const first = after(queued, NOON, { kind: 'intended', writes: batch(100) }, { kind: 'deleted' });
    const month = after(first, NOON + 30 * DAY, { kind: 'intended', writes: batch(50) }, { kind: 'deleted' });
    expect([month.numDeleted, month.numDeletedToday, month.numDeletedHour]).toEqual([150, 50, 50]);
    const hour = after(first, NOON + HOUR, { kind: 'intended', writes: batch(50) }, { kind: 'deleted' });
    expect([hour.numDeletedToday, hour.numDeletedHour]).toEqual([150, 50]);
  });

  test('has an allowance by hour and by day', () => {
    expect(allowance(queued, NOON).count).toBe(4000);
    const used = {
      ...queued,
      hourStartedAt: NOON,
      numDeletedHour: 4000,
      today: NOON / DAY - 0.5,
      numDeletedToday: 4000,
    };
    expect(allowance(used, NOON + 1)).toEqual({ count: 0, resetsAt: NOON + HOUR });
    expect(allowance(used, NOON + HOUR).count).toBe(4000);
    const day = { ...used, numDeletedToday: 30_000 };
    expect(allowance(day, NOON + HOUR)).toEqual({ count: 0, resetsAt: NOON + DAY / 2 });
    expect(allowance({ ...day, numDeletedToday: 29_900 }, NOON + HOUR).count).toBe(100);
  });

  test('waits longer after each failure, no less than it is told, and fails in the end', () => {
    let job = queued;
    let at = NOON;
    const waits: number[] = [];
    while (!isEnded(job)) {
      job = after(job, at, { kind: 'troubled', reason: 'the server answers 500', jitter: 0.999 });
      if (!isEnded(job)) {
        waits.push(job.nextRunAt - at);
        at = job.nextRunAt;
      }
    }
    expect(waits).toHaveLength(DEFAULT_POLICY.maxFailures - 1);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(job).toMatchObject({ jobState: 'failed', refreshToken: '', numFailures: DEFAULT_POLICY.maxFailures });
    expect(job.stateReason).toContain('the server answers 500');
    const told = after(queued, NOON, { kind: 'troubled', reason: '429', notBeforeMs: NOON + HOUR, jitter: 0 });
    expect(told.nextRunAt).toBe(NOON + HOUR);
    const liar = after(queued, NOON, { kind: 'troubled', reason: '429', notBeforeMs: NOON + 9 * DAY, jitter: 0 });
    expect(liar.nextRunAt).toBe(NOON + DAY);
  });

  test('forgets its failures when something is deleted', () => {
    const troubled = after(queued, NOON, { kind: 'troubled', reason: 'x', jitter: 0 });
    const done = after(troubled, NOON, { kind: 'intended', writes: batch(1) }, { kind: 'deleted' });
    expect(done.numFailures).toBe(0);
  });

  test('once ended, never changes again and holds no token', () => {
    fc.assert(
      fc.property(fc.array(anyEvent(), { maxLength: 40 }), (events) => {
        let job = queued;
        let at = NOON;
        for (const event of events) {
          const next = advance(job, event, (at += 60_000));
          if (isEnded(job)) expect(next).toBe(job);
          expect(next.numDeleted).toBeGreaterThanOrEqual(job.numDeleted);
          expect(next.numDeletedToday).toBeLessThanOrEqual(next.numDeleted);
          expect(next.estNumRemaining).toBeGreaterThanOrEqual(0);
          expect(next.refreshToken === '').toBe(isEnded(next));
          job = next;
        }
      }),
    );
  });
});

function anyEvent(): fc.Arbitrary<JobEvent> {
  return fc.oneof(
    fc.constantFrom<JobEvent>(
      { kind: 'started' },
      { kind: 'deleted' },
      { kind: 'refreshed', refreshToken: 'sealed again' },
    ),
    fc.record({ kind: fc.constant('listed' as const), numRemaining: fc.nat(1000), numSettled: fc.nat(200) }),
    fc.record({ kind: fc.constant('intended' as const), writes: fc.nat(200).map(batch) }),
    fc.record({ kind: fc.constant('paused' as const), untilMs: fc.nat(), reason: fc.constant('limit') }),
    fc.record({
      kind: fc.constant('troubled' as const),
      reason: fc.constant('500'),
      jitter: fc.double({ min: 0, max: 0.99, noNaN: true }),
    }),
    {
      weight: 1,
      arbitrary: fc.constantFrom<JobEvent>(
        { kind: 'completed' },
        { kind: 'cancelled' },
        { kind: 'failed', reason: 'x' },
      ),
    },
  );
}
