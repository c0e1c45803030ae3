import type { AtpAgent } from '@atproto/api';
import type { PdsNetwork } from '../pds/network.ts';
import { makeRecord, makeRecords, OLD_MS } from '../search/account.ts';
import { HOSTILE_NAME, hostilePosts } from './hostile-posts.ts';

/** Somebody with an account on the PDS. */
export interface Account {
  readonly did: string;
  readonly handle: string;
  readonly agent: AtpAgent;
}

export interface People {
  readonly operator: Account;
  readonly host: Account;
  readonly moderator: Account;
  /** Wants to become a member, and has a post that the feed then shows. */
  readonly newcomer: Account;
  /** Has old posts to delete. */
  readonly cleaner: Account;
  readonly stranger: Account;
  /** Writes a post, whose key this gives: when it is indexed, so is everything before it. */
  mark(): Promise<string>;
}

export const PASSWORD = 'a long main password';
export const OLD_POSTS = 12;
export const NEWCOMERS_TEXT = 'a first post for the club';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

export async function createPeople(network: PdsNetwork): Promise<People> {
  const [operator, host, moderator, newcomer, cleaner, stranger] = await Promise.all([
    createAccount(network, 'olga'),
    createAccount(network, 'hanna'),
    createAccount(network, 'moritz'),
    createAccount(network, 'nina'),
    createAccount(network, 'clara'),
    createAccount(network, 'mallory'),
  ]);
  await write(newcomer, [{ text: NEWCOMERS_TEXT }, { text: 'please #letmein', tags: ['letmein'] }]);
  const old = makeRecords(OLD_POSTS, (index) => makeRecord('app.bsky.feed.post', OLD_MS, { text: `old ${index}` }));
  await writeAll(cleaner, old);
  await write(cleaner, [{ text: 'new' }]);
  await beHostile(stranger);
  const mark = async (): Promise<string> => {
    const [uri = ''] = await write(operator, [{ text: 'a mark' }]);
    return uri.split('/').at(-1) ?? '';
  };
  return { operator, host, moderator, newcomer, cleaner, stranger, mark };
}

async function createAccount(network: PdsNetwork, name: string): Promise<Account> {
  const agent = network.createAgent();
  const handle = `${name}.test`;
  const { data } = await agent.createAccount({ handle, email: `${name}@example.com`, password: PASSWORD });
  return { did: data.did, handle, agent };
}

/** Posts of now. */
async function write({ did, agent }: Account, posts: readonly Record<string, unknown>[]): Promise<string[]> {
  const made = posts.map((post) => makeRecord('app.bsky.feed.post', Date.now(), post));
  return writeAll({ did, agent }, made);
}

async function writeAll({ did, agent }: Pick<Account, 'did' | 'agent'>, records: readonly object[]): Promise<string[]> {
  const writes = records.map((record) => ({ $type: 'com.atproto.repo.applyWrites#create' as const, ...record }));
  const { data } = await agent.com.atproto.repo.applyWrites({ repo: did, validate: false, writes: writes as never });
  return (data.results ?? []).flatMap((result) => ('uri' in result ? [result.uri] : []));
}

async function beHostile(stranger: Account): Promise<void> {
  const { data } = await stranger.agent.com.atproto.repo.uploadBlob(PIXEL, { encoding: 'image/png' });
  await write(stranger, hostilePosts(JSON.parse(JSON.stringify(data.blob))));
  await stranger.agent.com.atproto.repo.putRecord({
    repo: stranger.did,
    collection: 'app.bsky.actor.profile',
    rkey: 'self',
    validate: false,
    record: { $type: 'app.bsky.actor.profile', displayName: HOSTILE_NAME, description: HOSTILE_NAME },
  });
}
