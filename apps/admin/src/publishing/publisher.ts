import { AtpAgent, BlobRef, XRPCError } from '@atproto/api';
import { readAccountName } from '@updraft/atproto';
import { CommandError } from '@updraft/command';
import { type Feed, type FeedsFile, readFeedsConfig, readFeedsFile } from '@updraft/feeds';
import { readConfig, SetupError } from '@updraft/service';
import { z } from 'zod';
import { readPicture } from './pictures.ts';
import type { GeneratorRecord, PlanTarget, PublishedFeed, WantedFeed } from './plan.ts';

/** The publisher's repository at its PDS. */
export interface Publisher extends PlanTarget {
  records(): Promise<PublishedFeed[]>;
  /** The feeds to publish: those named, or all that have a `publish`. */
  wanted(names: readonly string[]): Promise<WantedFeed[]>;
}

const COLLECTION = 'app.bsky.feed.generator';

const Variables = z.object({
  PUBLISHER_PDS: z.url({ error: "expected the origin of the publisher's PDS" }),
  PUBLISHER_IDENTIFIER: z.string(),
  PUBLISHER_PASSWORD: z.string(),
});

/** Signs in as the publisher, works on its repository, and signs out. @throws SetupError with a sentence */
export async function withPublisher(
  env: Readonly<Record<string, string | undefined>>,
  work: (publisher: Publisher, serviceDid: string) => Promise<void>,
): Promise<void> {
  const { service, feedsFile } = readFeedsConfig(env);
  const { PUBLISHER_PDS: pds, PUBLISHER_IDENTIFIER: pasted, PUBLISHER_PASSWORD: password } = readConfig(Variables, env);
  const name = readAccountName(pasted);
  const identifier = name?.did ?? name?.handle ?? pasted; // an e-mail address will do too
  const file = await readFeedsFile(feedsFile);
  const agent = new AtpAgent({ service: pds });
  await agent.login({ identifier, password }).catch((cause: unknown) => {
    throw new SetupError(signInFault(pds, identifier, cause), { cause });
  });
  try {
    if (agent.did !== service.actorDid) {
      throw new CommandError(
        `${identifier} is ${agent.did}, but FEED_ACTOR_DID, whose feeds are served, is ${service.actorDid}`,
      );
    }
    const wanted = (names: readonly string[]) => wantedFeeds(file, names, feedsFile);
    await work({ ...createRepository(agent, service.actorDid), wanted }, service.did);
  } finally {
    await agent.logout().catch(() => {}); // the session expires by itself
  }
}

/** The client's status for a request without an answer. */
const UNANSWERED = 1;

function signInFault(pds: string, identifier: string, cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const status: number = cause instanceof XRPCError ? cause.status : UNANSWERED;
  if (status === UNANSWERED) return `${pds} can't be reached: ${reason}`;
  const isRefusal = status >= 400 && status < 500;
  return `${pds} ${isRefusal ? 'refuses' : 'fails'} to sign ${identifier} in: ${reason}`;
}

function createRepository(agent: AtpAgent, repo: string): Omit<Publisher, 'wanted'> {
  return {
    records: () => listRecords(agent, repo),
    upload: async ({ bytes, mimeType }) =>
      (await agent.com.atproto.repo.uploadBlob(bytes, { encoding: mimeType })).data.blob,
    put: async (rkey, record, swapRecord) => {
      await agent.com.atproto.repo.putRecord({ repo, collection: COLLECTION, rkey, record: { ...record }, swapRecord });
    },
    remove: async (rkey, swapRecord) => {
      await agent.com.atproto.repo.deleteRecord({ repo, collection: COLLECTION, rkey, swapRecord });
    },
  };
}

async function listRecords(agent: AtpAgent, repo: string): Promise<PublishedFeed[]> {
  const found: PublishedFeed[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await agent.com.atproto.repo.listRecords({
      repo,
      collection: COLLECTION,
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { uri, cid, value } of data.records) {
      const record = value as unknown as GeneratorRecord; // as the PDS validated it
      const avatarCid = record.avatar instanceof BlobRef ? record.avatar.ref.toString() : undefined;
      found.push({ rkey: uri.slice(uri.lastIndexOf('/') + 1), cid, record, avatarCid });
    }
    cursor = data.records.length === 0 ? undefined : data.cursor;
  } while (cursor !== undefined);
  return found;
}

function wantedFeeds({ feeds }: FeedsFile, names: readonly string[], feedsFile: string): Promise<WantedFeed[]> {
  const published = [...feeds.values()].filter(({ publish }) => publish !== undefined).map(({ alias }) => alias);
  const chosen = names.length === 0 ? published : names;
  return Promise.all(chosen.map((name) => wantedFeed(name, feeds.get(name)?.publish, feedsFile)));
}

async function wantedFeed(rkey: string, publish: Feed['publish'], feedsFile: string): Promise<WantedFeed> {
  if (publish === undefined) throw new CommandError(`${rkey} has no publish: in the feeds file`);
  return {
    rkey,
    displayName: publish.name,
    description: publish.description,
    acceptsInteractions: publish.acceptsInteractions,
    contentMode: publish.contentMode,
    avatar: publish.avatar === undefined ? undefined : await readPicture(publish.avatar, feedsFile),
  };
}
