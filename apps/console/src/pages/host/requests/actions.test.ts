import { expect, test } from 'vitest';
import { ACTIONS, actionsFor, readState, STATES, type State } from './actions.ts';

const states = Object.keys(STATES) as State[];
const host = { isOperator: false, hostOf: ['ducks'], moderatorOf: [] };
const moderator = { isOperator: false, hostOf: [], moderatorOf: ['ducks'] };

test('moderators decide about those that wait and note about all', () => {
  expect(actionsFor('pending', moderator, 'ducks')).toEqual(['approve', 'reject', 'note']);
  expect(actionsFor('approved', moderator, 'ducks')).toEqual(['note']);
});

test('no two actions of a state have the same key', () => {
  for (const state of states) {
    const keys = actionsFor(state, host, 'ducks').map((action) => ACTIONS[action].key);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test('an unknown state in the address means those that wait', () => {
  expect(readState('banned')).toBe('banned');
  expect(readState('constructor')).toBe('pending');
  expect(readState(undefined)).toBe('pending');
});
