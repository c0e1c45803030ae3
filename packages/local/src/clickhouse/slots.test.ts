import { describe, expect, test } from 'vitest';
import { createSlots } from './slots.ts';

const signal = new AbortController().signal;

describe('createSlots', () => {
  test('gives each holder a number of its own and hands it on in order', async () => {
    const slots = createSlots({ count: 2, maxWaiting: 10, maxWaitMs: 60_000 });
    const first = await slots.acquire(signal);
    const second = await slots.acquire(signal);
    expect(new Set([first.number, second.number]).size).toBe(2);
    const third = slots.acquire(signal);
    const fourth = slots.acquire(signal);
    second[Symbol.dispose]();
    second[Symbol.dispose](); // a second time gives nothing away
    expect((await third).number).toBe(second.number);
    first[Symbol.dispose]();
    expect((await fourth).number).toBe(first.number);
  });

  test('refuses when too many wait, and when the wait is too long', async () => {
    const slots = createSlots({ count: 1, maxWaiting: 1, maxWaitMs: 20 });
    await slots.acquire(signal);
    const waiting = slots.acquire(signal);
    await expect(slots.acquire(signal)).rejects.toMatchObject({ code: 202 });
    await expect(waiting).rejects.toMatchObject({ code: 202 });
  });

  test('who gives up waiting leaves the queue', async () => {
    const slots = createSlots({ count: 1, maxWaiting: 1, maxWaitMs: 60_000 });
    const held = await slots.acquire(signal);
    const impatient = new AbortController();
    const gone = slots.acquire(impatient.signal);
    impatient.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    const next = slots.acquire(signal);
    held[Symbol.dispose]();
    const last = await next;
    const free = slots.allFree();
    last[Symbol.dispose]();
    await free;
  });
});
