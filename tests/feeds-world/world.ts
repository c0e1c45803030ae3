import { commitLine, tid } from '../indexer/events.ts';
import type { createDice } from '../world/dice.ts';

/** A small network, its labels and what a host does to its feeds: the truth that the feeds are held against. */
export interface FeedsWorld {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly posts: ReadonlyMap<string, Post>;
  readonly labels: ReadonlyMap<string, Label>;
  /** `FEED SUBJECT`; FEED is empty for all. */
  readonly hides: ReadonlySet<string>;
  /** Accounts on the list, by the key of their item. */
  readonly listed: ReadonlyMap<string, string>;
  readonly members: ReadonlySet<string>;
  /** Does something, at random. */
  act(): Deed;
}

export interface Account {
  readonly did: string;
  isActive: boolean;
  isOptedOut: boolean;
  isBot: boolean;
}

export interface Post {
  readonly uri: string;
  readonly did: string;
  readonly rkey: string;
  readonly atMs: number;
  readonly text: string;
  readonly isReply: boolean;
  readonly selfLabels: readonly string[];
  readonly likers: Map<string, string>;
  isDeleted: boolean;
}

export interface Label {
  readonly uri: string;
  readonly val: string;
  readonly neg: boolean;
  /** Milliseconds since 1970; Infinity when it does not end. */
  readonly expMs: number;
}

/** What has to be told to the system: an event of the network, a label, or a host's deed. */
export type Deed =
  | { readonly kind: 'event'; readonly did: string; readonly line: string }
  | ({ readonly kind: 'label' } & Label)
  | { readonly kind: 'hide' | 'unhide'; readonly feed: string; readonly subject: string }
  | { readonly kind: 'member'; readonly did: string; readonly isMember: boolean }
  | { readonly kind: 'nothing' };

type Dice = ReturnType<typeof createDice>;

const MINUTE_MS = 60_000;
const VALUES = ['porn', 'spam', '!hide', 'art', 'nudity', 'impersonation'];
const WORDS = ['harbour', 'lantern', 'kelp', 'tide', 'anchor', 'rope', 'squall', 'deck'];
export const LIST_OWNER = 'did:plc:listownerlistownerlistow';
export const LIST = `at://${LIST_OWNER}/app.bsky.graph.list/crew`;

interface State extends FeedsWorld {
  readonly accounts: Map<string, Account>;
  readonly posts: Map<string, Post>;
  readonly labels: Map<string, Label>;
  readonly hides: Set<string>;
  readonly listed: Map<string, string>;
  readonly members: Set<string>;
  readonly dice: Dice;
  /** Microseconds since 1970, another one each time. */
  readonly now: () => number;
}

export function createFeedsWorld(dice: Dice, accounts: number): FeedsWorld {
  let lastMicros = 0;
  const state: State = {
    accounts: new Map(
      Array.from({ length: accounts }, (_, nth) => didOf(nth)).map((did) => [
        did,
        { did, isActive: true, isOptedOut: false, isBot: false },
      ]),
    ),
    posts: new Map(),
    labels: new Map(),
    hides: new Set(),
    listed: new Map(),
    members: new Set(),
    dice,
    now: () => (lastMicros = Math.max(lastMicros + 1, Date.now() * 1_000)),
    act: () => pick(ACTS, dice)(state),
  };
  return state;
}

function didOf(nth: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  return `did:plc:sailor${letters[nth >> 5] ?? 'a'}${letters[nth & 31] ?? 'a'}${'a'.repeat(16)}`;
}

const NOTHING: Deed = { kind: 'nothing' };

/** Some stand more than once: they happen as often. */
const ACTS: readonly ((state: State) => Deed)[] = [
  ...new Array<typeof writePost>(8).fill(writePost),
  ...new Array<typeof like>(24).fill(like),
  ...new Array<typeof sayLabel>(5).fill(sayLabel),
  unlike,
  deletePost,
  changeStatus,
  optOut,
  declareBot,
  hide,
  unhide,
  list,
  list,
  unlist,
  changeMember,
  changeMember,
];

function writePost(state: State): Deed {
  const { dice, accounts, posts, now } = state;
  const did = pick([...accounts.keys()], dice);
  const micros = now();
  const atMs = Math.floor(micros / 1_000) - dice(180) * MINUTE_MS;
  const rkey = tid(atMs * 1_000 + dice(1_000), dice(1_024));
  const uri = `at://${did}/app.bsky.feed.post/${rkey}`;
  const text = Array.from({ length: 3 }, () => pick(WORDS, dice)).join(' ');
  const selfLabels = dice(6) === 0 ? [pick(VALUES.slice(0, 2), dice)] : [];
  const parent = dice(5) === 0 ? pickFrom([...posts.keys()], dice) : undefined;
  const strongRef = parent && { uri: parent, cid: CID };
  const record = {
    $type: 'app.bsky.feed.post',
    createdAt: new Date(atMs).toISOString(),
    text,
    langs: ['en'],
    ...(strongRef && { reply: { parent: strongRef, root: strongRef } }),
    ...(selfLabels.length > 0 && {
      labels: { $type: 'com.atproto.label.defs#selfLabels', values: selfLabels.map((val) => ({ val })) },
    }),
  };
  posts.set(uri, {
    uri,
    did,
    rkey,
    atMs,
    text,
    isReply: parent !== undefined,
    selfLabels,
    likers: new Map(),
    isDeleted: false,
  });
  return commit(state, { did, collection: 'app.bsky.feed.post', rkey, record });
}

function like(state: State): Deed {
  const { dice, posts, accounts, now } = state;
  const post = pickFrom([...posts.values()].slice(-60), dice);
  const did = pick([...accounts.keys()], dice);
  if (post === undefined || post.likers.has(did)) return NOTHING;
  const rkey = tid(now());
  post.likers.set(did, rkey);
  const record = {
    $type: 'app.bsky.feed.like',
    createdAt: new Date().toISOString(),
    subject: { uri: post.uri, cid: CID },
  };
  return commit(state, { did, collection: 'app.bsky.feed.like', rkey, record });
}

function unlike(state: State): Deed {
  const post = pickFrom(
    [...state.posts.values()].filter(({ likers }) => likers.size > 0),
    state.dice,
  );
  if (post === undefined) return NOTHING;
  const [did, rkey] = pick([...post.likers], state.dice);
  post.likers.delete(did);
  return commit(state, { did, collection: 'app.bsky.feed.like', rkey, operation: 'delete' });
}

function deletePost(state: State): Deed {
  const post = pickFrom(
    [...state.posts.values()].filter(({ isDeleted }) => !isDeleted),
    state.dice,
  );
  if (post === undefined) return NOTHING;
  post.isDeleted = true;
  return commit(state, {
    did: post.did,
    collection: 'app.bsky.feed.post',
    rkey: post.rkey,
    operation: 'delete',
  });
}

function changeStatus({ accounts, dice, now }: State): Deed {
  const account = pick([...accounts.values()], dice);
  account.isActive = !account.isActive;
  const { did, isActive: active } = account;
  const micros = now();
  const inner = {
    active,
    did,
    seq: 1,
    time: new Date(micros / 1_000).toISOString(),
    ...(!active && { status: 'deactivated' }),
  };
  return { kind: 'event', did, line: JSON.stringify({ did, time_us: micros, kind: 'account', account: inner }) };
}

function optOut(state: State): Deed {
  const account = pick([...state.accounts.values()], state.dice);
  account.isOptedOut = !account.isOptedOut;
  const { did, isOptedOut } = account;
  const collection = 'app.bsky.actor.contentVisibilityDeclaration';
  const record = { $type: collection, hideFromAlgorithmicRecommendations: true, createdAt: new Date().toISOString() };
  return commit(state, { did, collection, rkey: 'self', ...(isOptedOut ? { record } : { operation: 'delete' }) });
}

function declareBot(state: State): Deed {
  const account = pick([...state.accounts.values()], state.dice);
  account.isBot = !account.isBot;
  const { did, isBot } = account;
  const collection = 'app.bsky.actor.profile';
  const labels = { $type: 'com.atproto.label.defs#selfLabels', values: isBot ? [{ val: 'bot' }] : [] };
  return commit(state, { did, collection, rkey: 'self', record: { $type: collection, displayName: 'x', labels } });
}

function sayLabel({ labels, posts, accounts, dice }: State): Deed {
  const known = [...labels.values()].filter(({ neg }) => !neg);
  const again = dice(3) === 0 ? pickFrom(known, dice) : undefined;
  const subject = dice(4) === 0 ? pick([...accounts.keys()], dice) : pickFrom([...posts.keys()], dice);
  if (subject === undefined) return NOTHING;
  const { uri, val } = again ?? { uri: subject, val: pick(VALUES, dice) };
  const expMs = again === undefined && dice(3) === 0 ? Date.now() + 1_000 + dice(8_000) : Number.POSITIVE_INFINITY;
  const label = { uri, val, neg: again !== undefined, expMs };
  labels.set(`${uri} ${val}`, label);
  return { kind: 'label', ...label };
}

function hide({ hides, posts, accounts, dice }: State): Deed {
  const subject = dice(5) === 0 ? pick([...accounts.keys()], dice) : pickFrom([...posts.keys()], dice);
  const feed = pick(['', 'hot', 'listed'], dice);
  if (subject === undefined || hides.has(`${feed} ${subject}`)) return NOTHING;
  hides.add(`${feed} ${subject}`);
  return { kind: 'hide', feed, subject };
}

function unhide({ hides, dice }: State): Deed {
  const hidden = pickFrom([...hides], dice);
  if (hidden === undefined) return NOTHING;
  hides.delete(hidden);
  const [feed = '', subject = ''] = hidden.split(' ');
  return { kind: 'unhide', feed, subject };
}

function list(state: State): Deed {
  const { listed, accounts, dice, now } = state;
  const subject = pick([...accounts.keys()], dice);
  if ([...listed.values()].includes(subject)) return NOTHING;
  const rkey = tid(now());
  listed.set(rkey, subject);
  const collection = 'app.bsky.graph.listitem';
  const record = { $type: collection, list: LIST, subject, createdAt: new Date().toISOString() };
  return commit(state, { did: LIST_OWNER, collection, rkey, record });
}

function unlist(state: State): Deed {
  const rkey = pickFrom([...state.listed.keys()], state.dice);
  if (rkey === undefined) return NOTHING;
  state.listed.delete(rkey);
  return commit(state, { did: LIST_OWNER, collection: 'app.bsky.graph.listitem', rkey, operation: 'delete' });
}

function changeMember({ members, accounts, dice }: State): Deed {
  const did = pick([...accounts.keys()], dice);
  const isMember = !members.has(did);
  if (isMember) members.add(did);
  else members.delete(did);
  return { kind: 'member', did, isMember };
}

const CID = 'bafyreiaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';

function commit({ now }: State, parts: Parameters<typeof commitLine>[1] & object): Deed {
  const micros = now();
  return { kind: 'event', did: parts.did ?? '', line: commitLine(0, { ...parts, rev: tid(micros), timeUs: micros }) };
}

function pick<T>(all: readonly T[], dice: Dice): T {
  return all[dice(all.length)] as T;
}

function pickFrom<T>(all: readonly T[], dice: Dice): T | undefined {
  return all.length === 0 ? undefined : pick(all, dice);
}
