import { isPinnedAt, type Pin } from '@updraft/feeds';
import { type Build, feedPost, pinnedBuild } from './build.ts';

/**
 * A feed's builds with the pins that are up. Pins that come and go change a build while it is read, so each set of pins makes a build of
 * its own, with an id that says which pins it has: who began to read with some pins reads to the end with them.
 */
export interface PinStates {
  /** With the pins of this moment. */
  current(build: Build): Build;
  /** The id of the stored build that this one is made of. */
  storedId(id: string): string;
  /** The build that this id names, of the stored one. */
  named(build: Build, id: string): Build;
}

export function createPinStates(pins: readonly Pin[], now: () => number = Date.now): PinStates {
  const posts = pins.map(({ post }) => feedPost(post, true));
  const isScheduled = pins.some(({ fromMs, untilMs, hours }) => (fromMs ?? untilMs ?? hours) !== undefined);
  const all = pins.map(() => true);
  const made = new WeakMap<Build, Map<string, Build>>();
  const nowUp = everyMinute(now, (atMs) => pins.map((pin) => isPinnedAt(pin, atMs)));

  const withPins = (build: Build, up: readonly boolean[]): Build => {
    if (pins.length === 0) return build;
    const state = isScheduled ? `.${stateOf(up)}` : '';
    const states = made.get(build) ?? new Map<string, Build>();
    made.set(build, states);
    const known = states.get(state);
    if (known !== undefined) return known;
    const shown = uniquePosts(posts.filter((_, index) => up[index] === true));
    const pinned = { ...pinnedBuild(build, shown), id: build.id + state };
    if (states.size < MAX_STATES) states.set(state, pinned);
    return pinned;
  };
  return {
    current: (build) => withPins(build, isScheduled ? nowUp() : all),
    storedId: (id) => (isScheduled ? id.replace(STATE, '') : id),
    named: (build, id) => withPins(build, isScheduled ? upOf(STATE.exec(id)?.[1] ?? '', pins.length) : all),
  };
}

/** Of one build: a cursor that somebody made up may name any. */
const MAX_STATES = 50;
const STATE = /\.([0-9a-z]+)$/;
const MINUTE_MS = 60_000;

/** The pins that are up, as the digits of a number. */
function stateOf(up: readonly boolean[]): string {
  return up.reduce((bits, isUp, index) => bits + (isUp ? 2 ** index : 0), 0).toString(36);
}

function upOf(state: string, count: number): boolean[] {
  const bits = Number.parseInt(state, 36);
  return Array.from({ length: count }, (_, index) => Math.floor(bits / 2 ** index) % 2 === 1);
}

/** A post may have two times at which it is up. */
function uniquePosts<T extends { readonly uri: string }>(posts: readonly T[]): T[] {
  return [...new Map(posts.map((post) => [post.uri, post])).values()];
}

function everyMinute<T>(now: () => number, make: (atMs: number) => T): () => T {
  let last: { readonly minute: number; readonly value: T } | undefined;
  return () => {
    const atMs = now();
    const minute = Math.floor(atMs / MINUTE_MS);
    if (last?.minute !== minute) last = { minute, value: make(atMs) };
    return last.value;
  };
}
