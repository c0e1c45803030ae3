import type { AccountEvent, IdentityEvent } from '@updraft/atproto';
import { describe, expect, test } from 'vitest';
import { createDoubts } from './doubts.ts';

const NOW = 1_783_175_880_000_000;
const MINUTE = 60_000_000;

function account(eventMicros: number, active: boolean, change: Partial<AccountEvent> = {}): AccountEvent {
  const status = active ? '' : 'deactivated';
  return { kind: 'account', did: 'did:plc:a', cursor: undefined, timeUs: NOW, eventMicros, active, status, ...change };
}

function identity(eventMicros: number, handle: string | undefined): IdentityEvent {
  return { kind: 'identity', did: 'did:plc:a', cursor: undefined, timeUs: NOW, eventMicros, handle };
}

const reasons = (...events: (AccountEvent | IdentityEvent)[]) => {
  const doubts = createDoubts();
  return events.map((event) => doubts.observe(event)?.reason);
};

describe('the order of an account is in doubt', () => {
  test('never while its events come in their order, however often', () => {
    const events = [account(1, false), account(2, true), account(2, true), account(3, false)];
    expect(reasons(...events, identity(1, 'a.example'), identity(2, 'b.example'), identity(1, undefined))).toEqual(
      new Array(7).fill(undefined),
    );
  });

  test('by an event whose inner time its host had not reached, and by a copy of it that looks right', () => {
    const fast = account(NOW + 9 * MINUTE, false);
    expect(reasons(fast, { ...fast, timeUs: NOW + 10 * MINUTE }, account(NOW + 1, true))).toEqual([
      'clock',
      'clock',
      'order',
    ]);
  });

  test('by an event that counts as older than one that came before it, and contradicts that', () => {
    expect(reasons(account(5, true), account(4, false))).toEqual([undefined, 'order']);
    expect(reasons(account(5, true), account(4, true))).toEqual([undefined, undefined]);
    expect(reasons(identity(5, 'a.example'), identity(4, 'b.example'))).toEqual([undefined, 'order']);
    expect(reasons(account(5, true), identity(4, 'b.example'))).toEqual([undefined, undefined]);
  });

  test('no more once its server was asked, until something contradicts the answer', () => {
    const doubts = createDoubts();
    doubts.observe(account(5, true));
    const doubt = doubts.observe(account(4, false));
    expect(doubt).toMatchObject({ about: 'status', status: 'deactivated', afterMicros: 5 });
    if (doubt !== undefined) doubts.answered(doubt, 'inactive', 9);
    expect(doubts.observe(account(4, false))).toBeUndefined();
    expect(doubts.observe(account(8, true))).toMatchObject({ reason: 'order', afterMicros: 9 });
  });

  test('for as many accounts as are remembered, the last ones', () => {
    const doubts = createDoubts({ maxAccounts: 2 });
    for (const did of ['did:plc:a', 'did:plc:b', 'did:plc:c']) doubts.observe(account(5, true, { did }));
    const seen = ['did:plc:a', 'did:plc:c'].map((did) => doubts.observe(account(4, false, { did })) !== undefined);
    expect(seen).toEqual([false, true]);
  });
});
