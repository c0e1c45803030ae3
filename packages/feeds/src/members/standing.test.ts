import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  GIVEN,
  HOST_ACTIONS,
  MEMBER_STATES,
  type MemberAction,
  nextStanding,
  type Standing,
  UNKNOWN,
} from './standing.ts';

const SOURCES = ['list a', 'followers b'];
const source = fc.constantFrom(...SOURCES);
const approve = fc.constantFrom('auto' as const, 'queue' as const);
const note = fc.option(fc.constantFrom('', 'known', 'strange'), { nil: undefined });
const atMicros = fc.integer({ min: 0, max: 20 });

const standing: fc.Arbitrary<Standing> = fc.record({
  state: fc.constantFrom(...MEMBER_STATES),
  source: fc.constantFrom('', GIVEN, ...SOURCES),
  evidence: fc.constantFrom('', 'at://x'),
  note: fc.constantFrom('', 'known'),
  version: fc.integer({ min: 1, max: 20 }),
});
const bySources = fc.oneof(
  fc.record({ kind: fc.constant('offer' as const), source, approve }),
  fc.record({ kind: fc.constant('end' as const), source }),
);
const byHost = fc.record({ kind: fc.constantFrom(...HOST_ACTIONS), note });
const byItself = fc.oneof(
  fc.record({ kind: fc.constant('leave' as const), note }),
  fc.record({ kind: fc.constant('ask' as const), source, approve, atMicros }),
);
const action: fc.Arbitrary<MemberAction> = fc.oneof(bySources, byHost, byItself);

/** Runs the actions one after the other; each change has the next version. */
function run(start: Standing, actions: readonly MemberAction[]): Standing {
  return actions.reduce((before, next) => {
    const after = nextStanding(before, next);
    return after === before ? before : { ...after, version: before.version + 1 };
  }, start);
}

function hold<T>(property: fc.IProperty<T>): void {
  fc.assert(property, { numRuns: 1_000 });
}

describe('whatever came before', () => {
  it('an account that is banned, rejected or has left stays so, whatever the sources say', () => {
    const out = standing.filter(({ state }) => ['banned', 'rejected', 'left'].includes(state));
    hold(fc.property(out, fc.array(bySources), (start, actions) => run(start, actions) === start));
  });

  it('one that is banned or rejected does not come in by its own acts', () => {
    const out = standing.filter(({ state }) => state === 'banned' || state === 'rejected');
    hold(fc.property(out, fc.array(fc.oneof(bySources, byItself)), (start, actions) => run(start, actions) === start));
  });

  it('one that left comes back only when it asks after that, or a host puts it in', () => {
    const left = standing.filter(({ state }) => state === 'left');
    hold(
      fc.property(left, byItself, (start, asked) => {
        const { state } = nextStanding(start, asked);
        const isAsking = asked.kind === 'ask' && asked.atMicros > start.version;
        expect(state === 'approved' || state === 'pending').toBe(isAsking);
        expect(nextStanding(start, { kind: 'give' })).toMatchObject({ state: 'approved', source: GIVEN });
      }),
    );
  });

  it('a membership that a host gave is not ended by a source, nor taken over by one', () => {
    const given = standing.map((start) => nextStanding(start, { kind: 'give' }));
    hold(fc.property(given, fc.array(bySources), (start, actions) => run(start, actions) === start));
  });

  it('a membership ends with the source that it came from, and with no other', () => {
    hold(
      fc.property(standing, source, (start, gone) => {
        const { state } = nextStanding(start, { kind: 'end', source: gone });
        const ends = start.source === gone && (start.state === 'approved' || start.state === 'pending');
        expect(state).toBe(ends ? 'ended' : start.state);
      }),
    );
  });

  it('only a host, or a source that lets in at once, or the same source again, makes a member', () => {
    hold(
      fc.property(standing, action, (start, next) => {
        const after = nextStanding(start, next);
        if (after.state !== 'approved' || start.state === 'approved') return;
        const isHost = next.kind === 'give' || next.kind === 'approve';
        const isOffer = next.kind === 'offer' || next.kind === 'ask';
        const isBack = isOffer && start.state === 'ended' && start.source === next.source;
        expect(isHost || isBack || (isOffer && next.approve === 'auto')).toBe(true);
      }),
    );
  });

  it('what is done twice is done once', () => {
    hold(
      fc.property(standing, action, (start, next) => {
        const once = run(start, [next]);
        expect(run(once, [next])).toBe(once);
      }),
    );
  });

  it('a note stays until another is written', () => {
    hold(
      fc.property(standing, action, (start, next) => {
        const written = 'note' in next ? next.note : undefined;
        expect([start.note, written ?? start.note]).toContain(nextStanding(start, next).note);
      }),
    );
  });
});

describe('an account that nobody knows of', () => {
  const after = (...actions: MemberAction[]) => run(UNKNOWN, actions);
  const offer = { kind: 'offer', source: 'list a', approve: 'queue' } as const;

  it('waits where the source asks a host, comes in when it is approved, and leaves with the source', () => {
    expect(after(offer)).toMatchObject({ state: 'pending', source: 'list a' });
    expect(after(offer, { kind: 'approve' })).toMatchObject({ state: 'approved', source: 'list a' });
    expect(after(offer, { kind: 'approve' }, { kind: 'end', source: 'list a' }).state).toBe('ended');
  });

  it('is let in without a second approval when it comes back to the source that brought it', () => {
    const gone = after(offer, { kind: 'approve' }, { kind: 'end', source: 'list a' });
    expect(run(gone, [offer]).state).toBe('approved');
    expect(run(gone, [{ ...offer, source: 'followers b' }]).state).toBe('pending');
    expect(after(offer, { kind: 'end', source: 'list a' }, offer).state).toBe('pending');
    expect(after({ ...offer, approve: 'auto' }, { kind: 'ban' }, { kind: 'unban' }, offer).state).toBe('pending');
  });

  it('can opt out beforehand', () => {
    expect(after({ kind: 'leave' }, { ...offer, approve: 'auto' }).state).toBe('left');
  });

  it('has no note', () => {
    expect(after({ kind: 'note', note: 'who is this?' })).toBe(UNKNOWN);
  });
});
