import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@updraft/local';
import { type Program, type Stack, type Store, startProgram } from '../indexer/stack.ts';
import type { PdsNetwork } from '../pds/network.ts';
import type { People } from './people.ts';

/** feedgen and search, which both serve the console. */
export interface Services {
  readonly feedgen: string;
  readonly search: string;
  /** Names of feeds and their addresses. */
  feedUri(name: string): string;
  output(): string;
  end(): Promise<void>;
}

export const CLUB = 'club';

interface ServicesDeps {
  readonly stack: Stack;
  readonly store: Store;
  readonly network: PdsNetwork;
  readonly people: People;
}

const FEED_ACTOR = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';

export async function startServices({ stack, store, network, people }: ServicesDeps): Promise<Services> {
  const feedsFile = join(stack.directory, 'feeds.yaml');
  await writeFile(feedsFile, feedsFileOf(people));
  // both services know both addresses before either listens
  const [feedgenAddress, searchAddress] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const [feedgen, search] = [`http://${feedgenAddress}`, `http://${searchAddress}`];
  const both = {
    ...store.env,
    PLC_HOST: network.plcUrl,
    ALLOW_PRIVATE_ADDRESSES: 'true',
    FEEDGEN_ORIGIN: feedgen,
    SEARCH_ORIGIN: search,
    CONSOLE_OPERATORS: people.operator.did,
    CLEANUP_TOKEN_KEY: Buffer.alloc(32, 7).toString('base64'),
    TRUST_PROXY: 'true',
  };
  const programs = [
    startProgram('apps/feedgen/src/main.ts', [], {
      ...both,
      LISTEN_ADDRESS: feedgenAddress,
      SERVICE_ENDPOINT: 'https://feeds.example',
      FEED_ACTOR_DID: FEED_ACTOR,
      FEEDS_FILE: feedsFile,
    }),
    startProgram('apps/search/src/main.ts', [], {
      ...both,
      LISTEN_ADDRESS: searchAddress,
      STATS_CACHE_TTL: '500ms',
      CLEANUP_POLL_INTERVAL: '200ms',
      SPOOL_DIRECTORY: join(stack.directory, 'spool'),
    }),
  ];
  await Promise.all(programs.map((program) => program.says('"listen":')));
  return {
    feedgen,
    search,
    feedUri: (name) => `at://${FEED_ACTOR}/app.bsky.feed.generator/${name}`,
    output: () => programs.map((program) => program.output()).join('\n'),
    end: async () => {
      await Promise.all(programs.map((program: Program) => program.kill()));
    },
  };
}

function feedsFileOf({ host, moderator }: People): string {
  return `
feeds:
  whats-hot: { kind: hot, minimumLikes: 1, window: 24h, refresh: 2s, publish: { name: What's hot, description: What many like now } }
  top-24h: { kind: top, minimumLikes: 1, window: 24h, refresh: 2s, publish: { name: Top of the day } }
  ${CLUB}:
    kind: author-label
    label: ${CLUB}
    audience: everyone
    refresh: 1s
    publish: { name: The club, description: Posts of its members }
    membersFrom: [{ from: request, tag: letmein, approve: queue }]
    hosts: ['${host.did}']
    moderators: ['${moderator.did}']
`;
}
