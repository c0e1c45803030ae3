import { join } from 'node:path';
import { CHECKED_ANSWERS } from '../http/checked-answers.ts';
import type { Program, Stack, Store } from '../indexer/stack.ts';
import { startProgram, startStack } from '../indexer/stack.ts';
import { BOUNDARY_DAYS, makeRecord, type NewRecord, OLD_MS, type TestAccount } from './account.ts';
import { type DevNetwork, startDevNetwork } from './dev-network.ts';

/** A store, and a network with a real PDS, in which tests run the search service as a process that can be killed. */
export interface CleanupWorld extends AsyncDisposable {
  readonly store: Store;
  readonly network: DevNetwork;
  startService(env?: Record<string, string>): Promise<Service>;
}

export interface Service {
  readonly program: Program;
  readonly url: string;
}

export const POST = 'app.bsky.feed.post';

export async function startCleanupWorld(name: string): Promise<CleanupWorld> {
  const [stack, network]: [Stack, DevNetwork] = await Promise.all([startStack(), startDevNetwork()]);
  const store = await stack.createStore(name);
  let numStarts = 0;
  return {
    store,
    network,
    startService: async (env = {}) => {
      const program = startProgram('apps/search/src/main.ts', [], {
        ...store.env,
        ...CHECKED_ANSWERS,
        LISTEN_ADDRESS: '127.0.0.1:0',
        PLC_HOST: network.plcUrl,
        ALLOW_PRIVATE_ADDRESSES: 'true',
        CLEANUP_TOKEN_KEY: Buffer.alloc(32, 7).toString('base64'),
        TRUST_PROXY: 'true',
        CLEANUP_POLL_INTERVAL: '100ms',
        CLEANUP_RETRY_WAIT: '200ms',
        CLEANUP_LEASE_TTL: '1s',
        STATS_CACHE_TTL: '1h',
        SPOOL_DIRECTORY: join(stack.directory, `spool-${++numStarts}`),
        ...env,
      });
      await program.says('serving search');
      const [, url = ''] = /"listen":"(http:[^"]+)"/.exec(program.output()) ?? [];
      return { program, url };
    },
    [Symbol.asyncDispose]: async () => {
      await network[Symbol.asyncDispose]();
      await stack.close();
    },
  };
}

export async function stop({ program }: Service): Promise<void> {
  program.child.kill('SIGTERM');
  await program.exited;
}

export interface Started {
  readonly num_enqueued: number;
  readonly dry_run: boolean;
  readonly message: string;
  readonly job_id?: string;
  readonly job_secret?: string;
  readonly num_by_type: Record<string, number>;
  readonly num_kept: Record<string, number>;
  readonly sample: { type: string; uri: string }[];
}

export async function post(
  url: string,
  account: Pick<TestAccount, 'did' | 'appPassword'>,
  more: object = {},
): Promise<{ status: number; body: Started }> {
  const response = await fetch(`${url}/repo/cleanup`, {
    method: 'POST',
    // Each account's owner sits at an address of their own.
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': `10.${Array.from(account.did.slice(-3), (letter) => letter.charCodeAt(0)).join('.')}`,
    },
    body: JSON.stringify({
      identifier: account.did,
      app_password: account.appPassword,
      cleanup_types: ['post', 'like', 'repost'],
      delete_until_days_ago: BOUNDARY_DAYS,
      ...more,
    }),
  });
  return { status: response.status, body: (await response.json()) as Started };
}

export async function view(
  url: string,
  query: string,
  secret?: string,
  method = 'GET',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  const response = await fetch(`${url}/repo/cleanup?${query}`, { method, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

export const oldPost = (value: Record<string, unknown> = {}): NewRecord =>
  makeRecord(POST, OLD_MS, { text: 'old', ...value });

export const uriOf =
  (account: Pick<TestAccount, 'did'>) =>
  ({ collection, rkey }: NewRecord): string =>
    `at://${account.did}/${collection}/${rkey}`;
