import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Continuity,
  createContinuityCheck,
  ENOUGH_EVENTS,
  MARGIN_MICROS,
  type ObservedEvent,
  VOTING_ACCOUNTS,
} from './continuity.ts';

const SECOND = 1_000_000;
const NOW = 1_783_175_888_000_000;

/** A stream of `count` events from `from` on, ten a second, each of another account. */
function stream(
  from: number,
  count: number,
  change: (event: ObservedEvent, index: number) => Partial<ObservedEvent> = () => ({}),
): ObservedEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const micros = from + index * (SECOND / 10);
    const event = { did: `did:plc:${index}`, micros, cursor: undefined, identity: `at ${micros}` };
    return { ...event, ...change(event, index) };
  });
}

/** The first verdict, and after how many events it came. */
function verdict(
  check: ReturnType<typeof createContinuityCheck>,
  events: readonly ObservedEvent[],
): Continuity & { after: number } {
  for (const [index, event] of events.entries()) {
    const seen = check.observe(event);
    if (seen.state !== 'waiting') return { ...seen, after: index + 1 };
  }
  return { state: 'waiting', after: events.length };
}

const known = { identities: [`at ${NOW}`, `at ${NOW + SECOND}`], micros: NOW, cursor: undefined };

describe('a stream resumed by time', () => {
  test('that brings one of the known events again has met its position', () => {
    expect(verdict(createContinuityCheck(known), stream(NOW - 10 * SECOND, 1_000))).toEqual({
      state: 'met',
      after: 101,
    });
  });

  test('that begins past the known position, as a clamping server does, has passed it', () => {
    const from = NOW + 3_600 * SECOND;
    const seen = verdict(createContinuityCheck(known), stream(from, 1_000));
    expect(seen).toMatchObject({ state: 'passed', after: VOTING_ACCOUNTS });
    expect(seen.state === 'passed' && seen.toMicros).toBeGreaterThanOrEqual(from);
  });

  test('that comes near the known position without meeting it waits until most revs are past the margin', () => {
    const elsewhere = stream(NOW - 10 * SECOND, 2_000, (event) => ({ identity: `other ${event.micros}` }));
    const seen = verdict(createContinuityCheck(known), elsewhere);
    expect(seen.state).toBe('passed');
    expect(seen.after).toBeGreaterThan((10 * SECOND + MARGIN_MICROS) / (SECOND / 10));
  });

  test('that replays hours of duplicates first is waited for', () => {
    const seen = verdict(createContinuityCheck(known), stream(NOW - 1_800 * SECOND, 20_000));
    expect(seen).toMatchObject({ state: 'met', after: 18_001 });
  });

  test('is not misled by revs from the future, even half of all, nor by a burst of one account', () => {
    const hostile = stream(NOW - 10 * SECOND, 1_000, (event, index) =>
      index % 2 === 0
        ? { micros: event.micros + 86_400 * SECOND }
        : index % 5 === 0
          ? { did: 'did:plc:burst', micros: NOW * 2 }
          : {},
    );
    expect(verdict(createContinuityCheck({ ...known, identities: [`at ${NOW + SECOND / 10}`] }), hostile).state).toBe(
      'met',
    );
  });

  test('of few accounts is decided after enough events', () => {
    const few = stream(NOW + 3_600 * SECOND, 1_000, (_, index) => ({ did: `did:plc:${index % 3}` }));
    expect(verdict(createContinuityCheck(known), few)).toMatchObject({ state: 'passed', after: ENOUGH_EVENTS });
  });
});

describe('a stream resumed by sequence number', () => {
  const numbered = { ...known, cursor: 500 };

  test('has passed its position when the numbers go on behind the known one', () => {
    const clamped = stream(NOW + 2 * SECOND, 100, (_, index) => ({ cursor: 700 + index }));
    expect(verdict(createContinuityCheck(numbered), clamped)).toMatchObject({
      state: 'passed',
      after: VOTING_ACCOUNTS,
    });
  });

  test('of a server that counts anew is judged by time', () => {
    const renumbered = stream(NOW - 10 * SECOND, 1_000, (_, index) => ({ cursor: 1_000_000 + index }));
    expect(verdict(createContinuityCheck(numbered), renumbered).state).toBe('met');
  });
});

describe('a position of which only the time is known', () => {
  const timeOnly = { identities: [], micros: NOW, cursor: undefined };

  test('is met by a stream that begins before it', () => {
    expect(verdict(createContinuityCheck(timeOnly), stream(NOW - 10 * SECOND, 100)).state).toBe('met');
  });

  test('is passed by a stream that begins long after it', () => {
    expect(verdict(createContinuityCheck(timeOnly), stream(NOW + 60 * SECOND, 100)).state).toBe('passed');
  });
});

test('a complete resume in any order within seconds is never called a gap, and a cut of more than the margin always is', () => {
  const rate = 100; // events a second, in ten thousandths of the accounts below
  fc.assert(
    fc.property(
      fc.integer({ min: -20, max: 120 }),
      fc.infiniteStream(fc.integer({ min: -5 * SECOND, max: 0 })),
      fc.integer({ min: 1, max: 200 }),
      (beginsAfterS, lateness, accounts) => {
        const lateBy = [...lateness.take(256)];
        const events = Array.from({ length: 90 * rate }, (_, index) => {
          const arrival = NOW + (index * SECOND) / rate;
          return {
            did: `did:${index % accounts}`,
            micros: arrival + (lateBy[index % 256] ?? 0),
            cursor: undefined,
            identity: `${index}`,
          };
        });
        // The position is at 30 s; the last 256 events before it are known.
        const kept = events.slice(30 * rate - 256, 30 * rate);
        const check = createContinuityCheck({
          identities: kept.map(({ identity }) => identity),
          micros: NOW + 25 * SECOND,
          cursor: undefined,
        });
        const begin = Math.max(0, 30 + beginsAfterS) * rate;
        const rest = events.slice(begin).concat(
          Array.from({ length: 20_000 }, (_, index) => {
            const at = 90 * rate + index;
            return {
              did: `did:${at % accounts}`,
              micros: NOW + (at * SECOND) / rate,
              cursor: undefined,
              identity: `${at}`,
            };
          }),
        );
        const { state } = verdict(check, rest);
        expect(state).toBe(begin < 30 * rate ? 'met' : 'passed');
      },
    ),
    { numRuns: 50 },
  );
});
