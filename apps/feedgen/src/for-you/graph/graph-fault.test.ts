import { expect, test } from 'vitest';
import { graphFault } from './graph-fault.ts';
import type { GraphState } from './messages.ts';

const HOUR_MS = 3_600_000;
const HOUR = 480_000;
const state = (more: Partial<GraphState> = {}): GraphState => ({
  likes: 1,
  accounts: 1,
  posts: 1,
  bytes: 1,
  hours: [HOUR, HOUR - 1],
  isWhole: true,
  ...more,
});

test('a graph that holds the newest hour, or the one before it, lacks nothing', () => {
  expect(graphFault(state(), HOUR * HOUR_MS)).toBeUndefined();
  expect(graphFault(state(), (HOUR + 2) * HOUR_MS - 1)).toBeUndefined();
});

test('a graph without an hour says that readers get the fallback, and why where that is known', () => {
  const nothing = 'readers get the fallback, since the likes of no hour are read yet';
  expect(graphFault(undefined, HOUR * HOUR_MS)).toBe(nothing);
  const failed = state({ hours: [], failure: 'Error: there is no table record_rows' });
  expect(graphFault(failed, HOUR * HOUR_MS)).toBe(`${nothing}: Error: there is no table record_rows`);
});

test('a graph that has not read for hours says how old its likes are', () => {
  expect(graphFault(state(), (HOUR + 3) * HOUR_MS)).toBe('the latest likes in memory are more than 2:00:00 old');
});

test('an hour that could not be read is told', () => {
  const failed = state({ failure: 'Error: away' });
  expect(graphFault(failed, HOUR * HOUR_MS)).toBe('likes of an hour could not be read: Error: away');
});
