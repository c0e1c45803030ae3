import { listRecords } from '../search/account.ts';
import type { PdsNetwork } from './network.ts';
import type { Ref, Value } from './records.ts';

export interface Write {
  readonly action: string;
  readonly collection: string;
  readonly rkey: string;
  readonly record?: Value | undefined;
}

/** An account of the PDS and what it has, as far as it was told to do it. */
export interface PdsAccount {
  readonly did: string;
  state(): 'active' | 'deactivated' | 'deleted';
  handle(): string;
  /** Uploads pictures, none of which is like another, and gives them as records name them. */
  uploadPictures(count: number): Promise<unknown[]>;
  /** Keys of its records of a collection. */
  rkeys(collection: string): string[];
  /** One commit. Gives what it created and updated. */
  write(writes: readonly Write[]): Promise<Ref[]>;
  changeHandle(handle: string): Promise<void>;
  deactivate(): Promise<void>;
  activate(): Promise<void>;
  deleteForGood(): Promise<void>;
  /** All records that the PDS lists, by at-uri. */
  listRecords(): Promise<Map<string, unknown>>;
}

/** One transparent pixel. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

let pictures = 0;

/**
 * A picture of its own, by what follows its end. A PDS answers 500 now and then to a post that shows one new picture several times: it
 * moves the file once for each, side by side, and the last finds it gone.
 */
function nextPicture(): Uint8Array {
  return Buffer.concat([PICTURE, Buffer.from(String(++pictures))]);
}

export async function createAccount(network: PdsNetwork, name: string): Promise<PdsAccount> {
  const agent = network.createAgent();
  let handle = `${name}.test`;
  const { data } = await agent.createAccount({
    handle,
    email: `${name}@example.com`,
    password: 'a long main password',
  });
  const { did } = data;
  const keys = new Map<string, Set<string>>();
  let state: 'active' | 'deactivated' | 'deleted' = 'active';
  return {
    did,
    state: () => state,
    handle: () => handle,
    uploadPictures: async (count) => {
      const blobs: unknown[] = [];
      for (let left = count; left > 0; left--) {
        const { data: uploaded } = await agent.com.atproto.repo.uploadBlob(nextPicture(), { encoding: 'image/png' });
        blobs.push(uploaded.blob);
      }
      return blobs;
    },
    rkeys: (collection) => [...(keys.get(collection) ?? [])],
    write: async (writes) => {
      const { data: answer } = await agent.com.atproto.repo.applyWrites({
        repo: did,
        validate: false,
        writes: writes.map(({ action, collection, rkey, record }) => {
          const write = { $type: `com.atproto.repo.applyWrites#${action}`, collection, rkey };
          return (record === undefined ? write : { ...write, value: record }) as never;
        }),
      });
      for (const { action, collection, rkey } of writes) {
        const known = keys.get(collection) ?? new Set();
        keys.set(collection, known);
        if (action === 'delete') known.delete(rkey);
        else known.add(rkey);
      }
      return (answer.results ?? []).flatMap((result) =>
        'uri' in result ? [{ uri: result.uri, cid: result.cid }] : [],
      );
    },
    changeHandle: async (next) => {
      await agent.com.atproto.identity.updateHandle({ handle: next });
      handle = next;
    },
    deactivate: async () => {
      await agent.com.atproto.server.deactivateAccount({});
      state = 'deactivated';
    },
    activate: async () => {
      await agent.com.atproto.server.activateAccount();
      state = 'active';
    },
    deleteForGood: async () => {
      await network.deleteAccount(did);
      state = 'deleted';
    },
    listRecords: () => listRecords(agent, did),
  };
}
