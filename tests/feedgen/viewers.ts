import { type Account, type Directory, startDirectory } from './directory.ts';
import { addMembers } from './members.ts';
import { didOf } from './network.ts';
import { type Instance, type Stage, startStage } from './stage.ts';

/** The posts of the feeds below: 2 of `open`, 3 of `signed`, 4 of `a-club`, 5 and 6 of those outside it. */
export const POST = (n: number) => `at://${didOf('author')}/app.bsky.feed.post/3l3frqadlo3${n}h`;
const FEEDS = `
feeds:
  open: { kind: static, posts: ['${POST(2)}'] }
  signed: { kind: static, posts: ['${POST(3)}'], audience: signed-in }
  a-club: { kind: static, posts: ['${POST(4)}'], audience: members, members: club, outsiders: ['${POST(5)}', '${POST(6)}'] }
`;

/** A feed generator with a feed for each audience, and accounts to read them. */
export interface ViewerStage extends AsyncDisposable {
  readonly stage: Stage;
  readonly directory: Directory;
  readonly feeds: Instance;
  /** A member of `a-club`. */
  readonly viewer: Account;
  /** No member. */
  readonly other: Account;
  /** Another instance over the same databases. */
  startAnother(): Promise<Instance>;
}

export async function startViewerStage(): Promise<ViewerStage> {
  const [stage, directory] = await Promise.all([startStage(), startDirectory()]);
  const startAnother = () => stage.startFeedgen({ feeds: FEEDS, env: { PLC_HOST: directory.url } });
  const feeds = await startAnother();
  const [viewer, other] = [await directory.register('viewer'), await directory.register('other')];
  await addMembers(feeds, 'club', [viewer.did]);
  return {
    stage,
    directory,
    feeds,
    viewer,
    other,
    startAnother,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}
