import { type Account, type Directory, startDirectory } from './directory.ts';
import { didOf } from './network.ts';
import { type Answer, type Instance, type Stage, type StageOptions, startStage, uris } from './stage.ts';
import { bearer, sign } from './tokens.ts';

/** A stage with feeds of readers' own, and accounts that read them. */
export interface PersonalStage extends AsyncDisposable {
  readonly stage: Stage;
  start(options?: Partial<StageOptions>): Promise<Instance>;
  /** Registers a viewer. */
  viewer(name: string): Promise<Account>;
}

export interface PageQuery {
  readonly cursor?: string;
  readonly limit?: number;
  readonly languages?: string;
  readonly feed?: string;
}

export async function startPersonalStage(feeds: string): Promise<PersonalStage> {
  const [stage, directory]: [Stage, Directory] = await Promise.all([startStage(), startDirectory()]);
  return {
    stage,
    start: ({ env, ...options } = {}) =>
      stage.startFeedgen({ feeds, env: { PLC_HOST: directory.url, ...env }, ...options }),
    viewer: (name) => directory.register(name, 'p256'),
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** A page of `mine` for a viewer, or for nobody. */
export async function pageFor(
  feeds: Instance,
  viewer: Account | undefined,
  { cursor, limit = 3, languages, feed = 'mine' }: PageQuery = {},
): Promise<Answer> {
  const query = { limit: String(limit), ...(cursor !== undefined && { cursor }) };
  return feeds.page(feed, query, {
    ...(viewer !== undefined && bearer(await sign(viewer))),
    ...(languages !== undefined && { 'accept-language': languages }),
  });
}

/** Reads on to the end, each page from the next of the instances. */
export async function readOn(
  instances: readonly Instance[],
  viewer: Account | undefined,
  first: Answer,
): Promise<string[]> {
  const read = uris(first);
  for (let cursor: string | undefined = first.body.cursor, n = 0; cursor !== undefined; n++) {
    const answer: Answer = await pageFor(instances[n % instances.length] as Instance, viewer, { cursor });
    if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.body.message}`);
    read.push(...uris(answer));
    cursor = answer.body.cursor;
  }
  return read;
}

/** Posts of an account, the newest first. */
export async function writePosts(stage: Stage, name: string, count: number): Promise<string[]> {
  const atMs = Date.now() - 3_600_000;
  const specs = Array.from({ length: count }, (_, n) => ({ did: didOf(name), atMs: atMs - n * 60_000, langs: ['en'] }));
  return stage.network.post(...specs);
}
