import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allowance, DEFAULT_POLICY } from './allowance.ts';
import { advance, type CleanupJob, isEnded, type JobEvent, STILL_THERE } from './job.ts';
import { DEFAULT_KEEP } from './keep.ts';
import { newJob } from './new-job.ts';
import { MAX_SET_ASIDE } from './set-aside.ts';

const NOON = Date.UTC(2026, 6, 4, 12);
const HOUR = 3_600_000;
const DAY = 86_400_000;

const queued: CleanupJob = {
  ...newJob(
    'j',
    'did:plc:a',
    {
      rule: { types: ['post'], olderThanMs: NOON - DAY },
      keep: DEFAULT_KEEP,
      plan: { total: 500, kept: {}, byType: {} },
    },
    NOON,
  ),
  refreshToken: 'sealed',
};
const batch = (size: number, from = 0) => Array.from({ length: size }, (_, i) => `c/${from + i}`);
const intend = (writes: readonly string[]): JobEvent => ({ kind: 'intended', writes });
const claim = (writes: readonly string[]): JobEvent => ({ kind: 'deleted', writes });
const list = (numRemaining: number, stillThere: readonly string[] = []): JobEvent => ({
  kind: 'listed',
  numRemaining,
  stillThere,
  kept: {},
  byType: {},
});

function after(job: CleanupJob, atMs: number, ...events: JobEvent[]): CleanupJob {
  return events.reduce((state, event) => advance(state, event, atMs), job);
}

describe('a clean-up job', () => {
  test('counts a batch as deleted when the repository no longer has it', () => {
    const sent = after(queued, NOON, { kind: 'started' }, intend(batch(200)));
    expect([sent.jobState, sent.numDeleted, sent.inFlight.length]).toEqual(['running', 0, 200]);
    const claimed = after(sent, NOON, claim(batch(200)));
    expect(claimed).toMatchObject({ numDeleted: 0, numDeletedToday: 200, estNumRemaining: 300, inFlight: [] });
    expect(claimed.claimed).toHaveLength(200);
    const seen = after(claimed, NOON, list(300));
    expect(seen).toMatchObject({ numDeleted: 200, numDeletedToday: 200, claimed: [], lastDeletedAt: NOON });
  });

  test('counts a batch that was deleted before a kill when the repository is listed again', () => {
    const killed = after(queued, NOON, intend(batch(200)));
    const listed = after(killed, NOON, { kind: 'started' }, list(301, ['c/7']));
    expect(listed).toMatchObject({ numDeleted: 199, numDeletedToday: 199, estNumRemaining: 301, inFlight: ['c/7'] });
  });

  test('does not count what the server only says that it deleted', () => {
    const lied = after(queued, NOON, intend(batch(200)), claim(batch(200)), list(500, batch(200)));
    expect(lied).toMatchObject({ numDeleted: 0, numDeletedToday: 0, claimed: [], setAside: [], lastDeletedAt: 0 });
    const late = after(lied, NOON, list(300));
    expect(late).toMatchObject({ numDeleted: 200, numDeletedToday: 200 });
  });

  test('blames a record that stays while others went, and the server when all stay', () => {
    const lied = after(queued, NOON, intend(batch(200)), claim(batch(200)), list(301, ['c/3']));
    expect(lied.setAside).toEqual([{ path: 'c/3', reason: STILL_THERE, numTries: 1 }]);
    const alone = (job: CleanupJob) => after(job, NOON, intend(['c/3']), claim(['c/3']), list(1, ['c/3']));
    expect(alone(alone(lied))).toMatchObject({ estNumRemaining: 0, setAside: [{ path: 'c/3', numTries: 3 }] });
    expect(after(lied, NOON, list(300)).setAside).toEqual([]);
  });

  test('counts each UTC day and each hour from zero, also on the same day of another month', () => {
    const first = after(queued, NOON, intend(batch(100)), claim(batch(100)), list(400));
    const month = after(first, NOON + 30 * DAY, intend(batch(50)), claim(batch(50)), list(350));
    expect([month.numDeleted, month.numDeletedToday, month.pointsHour]).toEqual([150, 50, 50]);
    const hour = after(first, NOON + HOUR, intend(batch(50)), claim(batch(50)), list(350));
    expect([hour.numDeletedToday, hour.pointsToday, hour.pointsHour]).toEqual([150, 150, 50]);
  });

  test('has an allowance by hour and by day, which refused deletions use up like others', () => {
    expect(allowance(queued, NOON).count).toBe(4000);
    const refused = after(queued, NOON, intend(batch(200)), intend(batch(100)), intend(batch(100)));
    expect(allowance(refused, NOON).count).toBe(3600);
    const used = { ...queued, hourStartedAt: NOON, pointsHour: 4000, today: NOON / DAY - 0.5, pointsToday: 4000 };
    expect(allowance(used, NOON + 1)).toEqual({ count: 0, resetsAt: NOON + HOUR });
    expect(allowance(used, NOON + HOUR).count).toBe(4000);
    const day = { ...used, pointsToday: 30_000 };
    expect(allowance(day, NOON + HOUR)).toEqual({ count: 0, resetsAt: NOON + DAY / 2 });
    expect(allowance({ ...day, pointsToday: 29_900 }, NOON + HOUR).count).toBe(100);
  });

  test('waits longer after each failure, no less than it is told, and fails in the end with the records named', () => {
    let job = queued;
    let at = NOON;
    const waits: number[] = [];
    const blamed = batch(99).map((path) => ({ path, reason: '500' }));
    while (!isEnded(job)) {
      job = after(job, at, { kind: 'troubled', reason: 'the server answers 500', jitter: 0.999, blamed });
      if (!isEnded(job)) {
        waits.push(job.nextRunAt - at);
        at = job.nextRunAt;
      }
    }
    expect(waits).toHaveLength(DEFAULT_POLICY.maxFailures - 1);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(job).toMatchObject({ jobState: 'failed', refreshToken: '', numFailures: DEFAULT_POLICY.maxFailures });
    expect(job.stateReason).toContain('the server answers 500');
    expect(job.setAside).toHaveLength(MAX_SET_ASIDE);
    const told = after(queued, NOON, { kind: 'troubled', reason: '429', notBeforeMs: NOON + HOUR, jitter: 0 });
    expect(told.nextRunAt).toBe(NOON + HOUR);
    const liar = after(queued, NOON, { kind: 'troubled', reason: '429', notBeforeMs: NOON + 9 * DAY, jitter: 0 });
    expect(liar.nextRunAt).toBe(NOON + DAY);
  });

  test('forgets its failures when something is gone, not when the server says so', () => {
    const troubled = after(queued, NOON, { kind: 'troubled', reason: 'x', jitter: 0 });
    const claimed = after(troubled, NOON, intend(batch(1)), claim(batch(1)));
    expect(claimed.numFailures).toBe(1);
    expect(after(claimed, NOON, list(499)).numFailures).toBe(0);
  });

  test('leaves a record that was refused alone three times, and counts it out of what remains', () => {
    const refuse: JobEvent = { kind: 'refused', refusals: [{ path: 'c/1', reason: '500' }] };
    const twice = after(queued, NOON, refuse, refuse);
    expect(twice.estNumRemaining).toBe(500);
    expect(after(twice, NOON, refuse)).toMatchObject({ estNumRemaining: 499, setAside: [{ numTries: 3 }] });
  });

  test('once ended, never changes again and holds no token; what it counts is never taken back', () => {
    fc.assert(
      fc.property(fc.array(anyEvent(), { maxLength: 40 }), (events) => {
        let job = queued;
        let at = NOON;
        for (const event of events) {
          const next = advance(job, sentOf(event, job), (at += 60_000));
          if (isEnded(job)) expect(next).toBe(job);
          expect(next.numDeleted).toBeGreaterThanOrEqual(job.numDeleted);
          expect(next.numDeletedToday).toBeLessThanOrEqual(next.numDeleted + next.claimed.length);
          expect(next.numDeletedToday).toBeLessThanOrEqual(next.pointsToday);
          expect(next.estNumRemaining).toBeGreaterThanOrEqual(0);
          expect(next.refreshToken === '').toBe(isEnded(next));
          job = next;
        }
      }),
    );
  });
});

/** A server answers what it was sent, and is not sent again what it says is deleted before somebody has looked. */
function sentOf(event: JobEvent, { inFlight, claimed }: CleanupJob): JobEvent {
  if (event.kind === 'intended') return { ...event, writes: event.writes.filter((path) => !claimed.includes(path)) };
  return event.kind === 'deleted' ? claim(event.writes.filter((path) => inFlight.includes(path))) : event;
}

/** Paths that meet: of few records. */
const paths = fc.uniqueArray(fc.nat(5), { maxLength: 6 }).map((all) => all.map((i) => `c/${i}`));

function anyEvent(): fc.Arbitrary<JobEvent> {
  return fc.oneof(
    fc.constantFrom<JobEvent>({ kind: 'started' }, { kind: 'refreshed', refreshToken: 'sealed again' }),
    fc.tuple(fc.nat(1000), paths).map(([left, there]) => list(left, there)),
    paths.map(intend),
    paths.map(claim),
    paths.map((all): JobEvent => ({ kind: 'refused', refusals: all.map((path) => ({ path, reason: '500' })) })),
    fc.record({ kind: fc.constant('paused' as const), untilMs: fc.nat(), reason: fc.constant('limit') }),
    fc.record({
      kind: fc.constant('troubled' as const),
      reason: fc.constant('500'),
      jitter: fc.double({ min: 0, max: 0.99, noNaN: true }),
    }),
    fc.constantFrom<JobEvent>({ kind: 'completed' }, { kind: 'cancelled' }, { kind: 'failed', reason: 'x' }),
  );
}
