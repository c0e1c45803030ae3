import { XRPCError } from '@atproto/api';
import { formatTid } from '@updraft/atproto';
import { createAccount, type PdsAccount } from './account.ts';
import type { PdsNetwork } from './network.ts';
import {
  BLOCK,
  type Dice,
  FOLLOW,
  LIKE,
  POST,
  PROFILE,
  pick,
  picturePost,
  REPOST,
  type Ref,
  recordOf,
  type Value,
} from './records.ts';

/** What people do, on a real PDS, in an order that a seed determines. */
export interface Deeds {
  readonly accounts: readonly PdsAccount[];
  /** By name, how often each was done; those that the PDS refused stand under `refused …`. */
  readonly done: ReadonlyMap<string, number>;
}

const ACCOUNTS = 8;
/** Fewer are never active at once. */
const MIN_ACTIVE = 4;

interface World {
  readonly network: PdsNetwork;
  readonly dice: Dice;
  readonly accounts: PdsAccount[];
  readonly posts: Ref[];
  readonly dids: string[];
}

/** Who does it is active. Gives false when it could not be done. */
type Deed = (world: World, actor: PdsAccount) => Promise<boolean>;

export async function doDeeds(network: PdsNetwork, dice: Dice, deeds: number): Promise<Deeds> {
  const world: World = { network, dice, accounts: [], posts: [], dids: [] };
  for (let nth = 0; nth < ACCOUNTS; nth++) await newcomer(world);
  const done = new Map<string, number>();
  const names = Object.entries(DEEDS).flatMap(([name, { weight }]) => new Array<string>(weight).fill(name));
  for (let left = deeds; left > 0; left--) {
    const name = pick(names, dice) ?? '';
    const actor = pick(active(world), dice);
    const happened = actor !== undefined && (await DEEDS[name]?.deed(world, actor).catch(refusal));
    const noted = happened === 'refused' ? `refused ${name}` : name;
    if (happened !== false) done.set(noted, (done.get(noted) ?? 0) + 1);
  }
  return { accounts: world.accounts, done };
}

/** An answer of the PDS that it won't do this; nothing else is taken for one. */
function refusal(error: unknown): 'refused' {
  if (error instanceof XRPCError && Math.floor(error.status / 100) === 4) return 'refused';
  throw error;
}

async function newcomer({ network, accounts, dids }: World): Promise<boolean> {
  const account = await createAccount(network, `sailor${accounts.length}`);
  accounts.push(account);
  dids.push(account.did);
  return true;
}

const create =
  (collection: string): Deed =>
  (world, actor) =>
    createRecord(world, actor, collection, recordOf(collection, world, world.dice));

const pictures =
  (isGallery: boolean): Deed =>
  async (world, actor) =>
    createRecord(world, actor, POST, picturePost(await actor.uploadPictures(isGallery ? 5 : 2), isGallery, world.dice));

async function createRecord(
  world: World,
  actor: PdsAccount,
  collection: string,
  record: Value | undefined,
): Promise<boolean> {
  if (record === undefined) return false;
  const made = await actor.write([{ action: 'create', collection, rkey: nextRkey(), record }]);
  if (collection === POST) world.posts.push(...made);
  return true;
}

/** Deletes one of the account's records of the collection. */
const remove =
  (collection: string): Deed =>
  async ({ dice }, actor) => {
    const rkey = pick(actor.rkeys(collection), dice);
    if (rkey === undefined) return false;
    await actor.write([{ action: 'delete', collection, rkey }]);
    return true;
  };

const edit =
  (collection: string): Deed =>
  async (world, actor) => {
    const rkey = pick(actor.rkeys(collection), world.dice);
    const record = recordOf(collection, world, world.dice);
    if (rkey === undefined || record === undefined) return false;
    await actor.write([{ action: 'update', collection, rkey, record }]);
    return true;
  };

const profile: Deed = async (world, actor) => {
  const action = actor.rkeys(PROFILE).length === 0 ? 'create' : 'update';
  const record = recordOf(PROFILE, world, world.dice);
  await actor.write([{ action, collection: PROFILE, rkey: 'self', record }]);
  return true;
};

/** Commits that touch one key several times. `a` and `b` are two records. */
const SWAPS: readonly (readonly string[])[] = [
  ['delete', 'create a'],
  ['delete', 'create a'],
  ['delete', 'create a', 'delete'],
  ['update a', 'delete'],
  ['update a', 'update b'],
  ['delete', 'create a', 'update b'],
];
const NEW_SWAPS: readonly (readonly string[])[] = [
  ['create a', 'delete'],
  ['create a', 'update b'],
  ['create a', 'delete', 'create a'],
  ['create a', 'delete', 'create b'],
];
const SWAPPED = [POST, POST, LIKE, LIKE, REPOST, FOLLOW, BLOCK];

const swap: Deed = async (world, actor) => {
  const { dice } = world;
  const collection = pick(SWAPPED, dice) ?? POST;
  const isNew = dice(3) === 0;
  const rkey = isNew ? nextRkey() : pick(actor.rkeys(collection), dice);
  const [a, b] = [0, 1].map(() => recordOf(collection, world, dice));
  if (rkey === undefined || a === undefined || b === undefined) return false;
  const steps = pick(isNew ? NEW_SWAPS : SWAPS, dice) ?? [];
  const made = await actor.write(
    steps.map((step) => {
      if (step === 'delete') return { action: 'delete', collection, rkey };
      return {
        action: step.startsWith('create') ? 'create' : 'update',
        collection,
        rkey,
        record: step.endsWith('a') ? a : b,
      };
    }),
  );
  if (collection === POST) world.posts.push(...made);
  return true;
};

const changeHandle: Deed = async ({ dice }, actor) => {
  await actor.changeHandle(`sailor-${dice(1_000_000_000)}.test`);
  return true;
};

const deactivate: Deed = async (world, actor) => {
  if (active(world).length <= MIN_ACTIVE) return false;
  await actor.deactivate();
  return true;
};

const reactivate: Deed = async ({ accounts, dice }) => {
  const away = pick(
    accounts.filter(({ state }) => state() === 'deactivated'),
    dice,
  );
  await away?.activate();
  return away !== undefined;
};

const deleteAccount: Deed = async (world, actor) => {
  if (active(world).length <= MIN_ACTIVE) return false;
  await actor.deleteForGood();
  await newcomer(world);
  return true;
};

const DEEDS: Readonly<Record<string, { deed: Deed; weight: number }>> = {
  post: { deed: create(POST), weight: 22 },
  pictures: { deed: pictures(false), weight: 2 },
  gallery: { deed: pictures(true), weight: 3 },
  'edit a post': { deed: edit(POST), weight: 4 },
  'delete a post': { deed: remove(POST), weight: 5 },
  like: { deed: create(LIKE), weight: 22 },
  unlike: { deed: remove(LIKE), weight: 5 },
  repost: { deed: create(REPOST), weight: 7 },
  'take a repost back': { deed: remove(REPOST), weight: 2 },
  follow: { deed: create(FOLLOW), weight: 7 },
  unfollow: { deed: remove(FOLLOW), weight: 2 },
  block: { deed: create(BLOCK), weight: 3 },
  unblock: { deed: remove(BLOCK), weight: 1 },
  profile: { deed: profile, weight: 3 },
  swap: { deed: swap, weight: 18 },
  'change the handle': { deed: changeHandle, weight: 2 },
  deactivate: { deed: deactivate, weight: 2 },
  reactivate: { deed: reactivate, weight: 2 },
  'delete the account': { deed: deleteAccount, weight: 1 },
};

function active({ accounts }: World): PdsAccount[] {
  return accounts.filter(({ state }) => state() === 'active');
}

let lastMicros = 0;

function nextRkey(): string {
  lastMicros = Math.max(lastMicros + 1, Date.now() * 1_000);
  return formatTid({ micros: lastMicros, clockId: 7 });
}
