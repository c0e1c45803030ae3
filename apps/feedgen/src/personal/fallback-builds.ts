import type { Build, FeedPost } from '../builds/build.ts';
import type { PostLanguages } from './post-languages.ts';

/** A feed that all its readers share, as the fallback of a personal one. */
export interface SharedBuilds {
  current(): Build | undefined | Promise<Build | undefined>;
  get(id: string): Build | undefined;
  find(id: string): Promise<Build | undefined>;
  isCut(post: FeedPost): boolean;
}

/** Builds of the fallback as a newcomer reads them: without posts in languages that are not theirs. */
export type FallbackBuilds = Omit<SharedBuilds, 'isCut'>;

/** Fewer posts in the viewer's languages are no feed: they get all. */
const FEWEST = 10;

/**
 * A view says in its id which languages it has, and keeps the places of the build it is of. So a reader goes on with the languages that
 * they began with, whatever the request says by then.
 */
export function createFallbackBuilds(
  shared: SharedBuilds,
  languages: PostLanguages,
  wanted: readonly string[],
): FallbackBuilds {
  const view = (build: Build, codes: readonly string[]): Build => {
    const isForeign = (post: FeedPost) => codes.length > 0 && !post.isPinned && !speaks(languages.of(post.uri), codes);
    const id = codes.length > 0 ? `in.${codes.join('-')}.${build.id}` : build.id;
    return { ...build, id, leavesOut: (post) => shared.isCut(post) || isForeign(post) };
  };
  return {
    current: async () => {
      const build = await shared.current();
      if (build === undefined || wanted.length === 0) return build && view(build, []);
      await languages.learn(build);
      return view(build, isEnough(build, languages, wanted) ? wanted : []);
    },
    get: (id) => {
      const { codes, buildId } = readId(id);
      const build = shared.get(buildId);
      return build === undefined || (codes.length > 0 && !languages.isKnown(build)) ? undefined : view(build, codes);
    },
    find: async (id) => {
      const { codes, buildId } = readId(id);
      const build = await shared.find(buildId);
      if (build === undefined) return undefined;
      if (codes.length > 0) await languages.learn(build);
      return view(build, codes);
    },
  };
}

function speaks(of: readonly string[] | undefined, codes: readonly string[]): boolean {
  return of === undefined || of.some((code) => codes.includes(code));
}

/** Whether the build has posts of other languages, and enough of these. */
function isEnough({ posts }: Build, languages: PostLanguages, codes: readonly string[]): boolean {
  const count = posts.filter(({ uri }) => languages.of(uri)?.some((code) => codes.includes(code)) === true).length;
  return count >= FEWEST && count < posts.length;
}

function readId(id: string): { codes: readonly string[]; buildId: string } {
  const [, codes, buildId] = /^in\.([a-z]{2,3}(?:-[a-z]{2,3}){0,4})\.(.+)$/.exec(id) ?? [];
  return codes === undefined || buildId === undefined
    ? { codes: [], buildId: id }
    : { codes: codes.split('-'), buildId };
}
