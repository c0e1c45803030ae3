import type { Roles } from '@updraft/console-api/views';
import type { HOST_ACTIONS, MemberState } from '@updraft/feeds';
import { mayDo } from '../frame/may.ts';

/** How an account stands towards a feed. */
export type State = MemberState;
export type Action = (typeof HOST_ACTIONS)[number];

interface StateWords {
  readonly title: string;
  /** Instead of an empty list. */
  readonly none: string;
}

/** In the order in which they are offered. */
export const STATES: Readonly<Record<State, StateWords>> = {
  pending: { title: 'Waiting', none: 'Nobody waits.' },
  approved: { title: 'Members', none: 'Nobody was let in by a host or a source.' },
  rejected: { title: 'Rejected', none: 'Nobody was rejected.' },
  banned: { title: 'Banned', none: 'Nobody is banned.' },
  left: { title: 'Left', none: 'Nobody has left.' },
  ended: { title: 'Ended', none: 'No membership has ended.' },
};

interface ActionWords {
  readonly title: string;
  /** What became of an account. */
  readonly done: string;
  /** The key that does it. */
  readonly key: string;
}

export const ACTIONS: Readonly<Record<Action, ActionWords>> = {
  approve: { title: 'Approve', done: 'approved', key: 'a' },
  give: { title: 'Let in', done: 'let in', key: 'a' },
  reject: { title: 'Reject', done: 'rejected', key: 'r' },
  remove: { title: 'Remove', done: 'removed', key: 'r' },
  ban: { title: 'Ban', done: 'banned', key: 'b' },
  unban: { title: 'Lift the ban', done: 'no longer banned', key: 'u' },
  note: { title: 'Note', done: 'noted', key: 'n' },
};

const OF_HOSTS: Readonly<Record<State, readonly Action[]>> = {
  pending: ['approve', 'reject', 'ban', 'note'],
  approved: ['remove', 'ban', 'note'],
  rejected: ['give', 'ban', 'note'],
  banned: ['unban', 'note'],
  left: ['give', 'ban', 'note'],
  ended: ['give', 'ban', 'note'],
};
const OF_MODERATORS: readonly Action[] = ['approve', 'reject', 'note'];

/** What somebody with these roles may do about an account in that state: moderators decide about those that wait. */
export function actionsFor(state: State, roles: Roles, feed: string): readonly Action[] {
  if (mayDo(roles, feed, 'host')) return OF_HOSTS[state];
  return state === 'pending' ? OF_MODERATORS : ['note'];
}

export function readState(text: string | undefined): State {
  return text !== undefined && Object.hasOwn(STATES, text) ? (text as State) : 'pending';
}
