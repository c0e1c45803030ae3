import {
  authorsLabel,
  type Feed,
  isPersonal,
  isQueried,
  membersLabel,
  nameOf,
  type PersonalFeed,
  variantFor,
} from '@updraft/feeds';
import { NotEnoughResourcesError } from '@updraft/service';
import { hashText } from '@updraft/store';
import { type Build, type FeedPost, feedPost } from '../builds/build.ts';
import { SignInRequiredError } from '../viewer/viewer-errors.ts';
import type { FeedgenContext } from './context.ts';
import { personalReader } from './personal-reader.ts';

/** What a viewer may read of a feed: its builds, and the posts of them that show. */
export interface Reader {
  readonly name: 'anonymous' | 'viewer' | 'member' | 'outsider';
  /** What is shown: the feed, or a variant of it. */
  readonly feed: Feed;
  /** The variant's name; '' where it is the feed as it is. */
  readonly variant: string;
  /** To begin to read with. A personal feed's may have to be made. */
  current(): Build | undefined | Promise<Build | undefined>;
  get(buildId: string): Build | undefined;
  find(buildId: string): Promise<Build | undefined>;
  isCut(post: FeedPost): boolean;
  /** Changes whenever `isCut` may answer differently. */
  version(): string;
}

/** Who asks for a page. */
export interface Viewing {
  /** Undefined without a token. */
  readonly viewerDid: string | undefined;
  /** As acceptedLanguages() has them. */
  readonly languages: readonly string[];
  /** That of the cursor, which names the variant that its reader began with. */
  readonly cursorAlias?: string | undefined;
  /** Hosts and moderators see the feed as those do who may read it. */
  readonly isOfHost?: boolean;
}

type Readership = (feed: Feed, viewing: Viewing) => Reader;

/**
 * Decides, at each request, what a viewer sees of a feed. Outsiders see the feed's list for outsiders, whatever build their cursor names.
 * @throws SignInRequiredError; NotEnoughResourcesError while the members are not known
 */
export function createReadership(context: FeedgenContext): Readership {
  const fixed = fixedBuilds(context.file.feeds.values());
  const readerOf: Readership = (feed, viewing) => {
    const { viewerDid, cursorAlias, isOfHost = false } = viewing;
    const isInside = isOfHost || feed.audience === 'everyone' || isAllowed(context, feed, viewerDid);
    if (!isInside) return outsider(context, feed, fixed.outsiders.get(feed.alias));
    const name = viewerDid === undefined ? 'anonymous' : feed.audience === 'members' ? 'member' : 'viewer';
    const build = fixed.feeds.get(feed.alias);
    if (build !== undefined) return fixedReader(context, feed, build, name);
    const shown = shownFeed(context, feed, viewerDid, cursorAlias);
    if (!isPersonal(shown)) return queriedReader(context, shown, name);
    // The fallback as it is, whatever its variants: it stands in for this feed.
    const fallback = readerOf(fallbackOf(context, shown), { ...viewing, cursorAlias: shown.fallback });
    return personalReader(context, shown, viewing, { name, fallback });
  };
  return readerOf;
}

function fallbackOf({ file }: FeedgenContext, { alias, fallback }: PersonalFeed): Feed {
  const feed = file.feeds.get(fallback);
  if (feed === undefined) throw new Error(`${alias} falls back to ${fallback}, which the feeds file lacks`);
  return feed;
}

/** A reader keeps the variant that they began with. One whose first build is still to come is not given yet. */
function shownFeed({ live }: FeedgenContext, feed: Feed, viewerDid: string | undefined, cursorAlias?: string): Feed {
  if (feed.variantFeeds === undefined || cursorAlias === feed.alias) return feed;
  const begun = feed.variantFeeds.find(({ alias }) => alias === cursorAlias);
  if (begun !== undefined) return begun;
  const own = viewerDid === undefined ? feed : variantFor(feed, viewerDid);
  return isQueried(own) && live.current(own.alias) === undefined ? feed : own;
}

function isAllowed({ membership }: FeedgenContext, feed: Feed, viewerDid: string | undefined): boolean {
  if (feed.audience === 'signed-in') return viewerDid !== undefined;
  if (viewerDid === undefined) return false;
  const isMember = membership.has(membersLabel(feed) ?? '', viewerDid);
  if (isMember === undefined)
    throw new NotEnoughResourcesError('the members of this feed are not known yet, please try again');
  return isMember;
}

function outsider(context: FeedgenContext, feed: Feed, build: Build | undefined): Reader {
  if (build !== undefined) return fixedReader(context, feed, build, 'outsider');
  const sentence = feed.audience === 'signed-in' ? 'sign in to see this feed' : 'this feed is for its members';
  throw new SignInRequiredError(sentence);
}

function queriedReader(context: FeedgenContext, feed: Feed, name: Reader['name']): Reader {
  const { live, cuts, hides, membership } = context;
  const { alias } = feed;
  const label = authorsLabel(feed);
  return {
    name,
    feed,
    variant: feed.variant?.name ?? '',
    current: () => live.current(alias),
    get: (id) => live.get(alias, id),
    find: (id) => live.find(alias, id),
    // An author who loses the label leaves the feed at once, not at its next build.
    version: () => `${cuts.version()}.${hides.version()}.${label === undefined ? 0 : membership.version()}`,
    isCut: (post) => cutsPost(context, feed, post),
  };
}

/** Whether pages of the feed leave out a post of its builds. */
export function cutsPost(
  { cuts, hides, membership }: Pick<FeedgenContext, 'cuts' | 'hides' | 'membership'>,
  feed: Feed,
  post: FeedPost,
): boolean {
  const label = authorsLabel(feed);
  return (
    cuts.isCut(post, feed.alias) ||
    hides.isHidden(post, nameOf(feed)) ||
    (label !== undefined && !post.isPinned && membership.has(label, post.did) === false)
  );
}

/** Its posts were chosen by hand, and only by hand they are hidden. */
function fixedReader({ hides }: FeedgenContext, feed: Feed, build: Build, name: Reader['name']): Reader {
  const get = (id: string) => (id === build.id ? build : undefined);
  return {
    name,
    feed,
    variant: '',
    current: () => build,
    get,
    find: async (id) => get(id),
    isCut: (post) => hides.isHidden(post, feed.alias),
    version: () => String(hides.version()),
  };
}

/** Static feeds and lists for outsiders, which never change while the service runs. */
function fixedBuilds(feeds: Iterable<Feed>): { feeds: Map<string, Build>; outsiders: Map<string, Build> } {
  const builds = { feeds: new Map<string, Build>(), outsiders: new Map<string, Build>() };
  for (const feed of feeds) {
    if (feed.kind === 'static')
      builds.feeds.set(feed.alias, fixedBuild(`static-${nameIn(feed)}`, feed.posts, feed.pin));
    if (feed.outsiders.length > 0) builds.outsiders.set(feed.alias, fixedBuild('outsiders', feed.outsiders, false));
  }
  return builds;
}

/** Every build has an id of its own, also those that never change. */
function nameIn({ alias }: Feed): string {
  return hashText(alias).slice(0, 12);
}

function fixedBuild(id: string, uris: readonly string[], isPinned: boolean): Build {
  return { id, asOfMs: 0, posts: [...new Set(uris)].map((uri) => feedPost(uri, isPinned)) };
}
