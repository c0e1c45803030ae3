import type { PersonalFeed, PersonalLists, ViewerList } from '@updraft/feeds';
import type { Hides } from '../moderation/hides.ts';
import type { SeenPosts } from '../seen/seen-posts.ts';
import type { BuildMaker } from './build-maker.ts';
import type { KeptBuilds } from './kept-builds.ts';
import type { PersonalBuild } from './personal-build.ts';
import type { PersonalBuilds } from './personal-builds.ts';

export interface ViewerListsDeps {
  kept: Pick<KeptBuilds, 'latest'>;
  builds: Pick<PersonalBuilds, 'find'>;
  maker: Pick<BuildMaker, 'make'>;
  seen: Pick<SeenPosts, 'view'>;
  hides: Pick<Hides, 'isHidden'>;
  coLikers?: PersonalLists['coLikers'];
}

/** Viewers' lists for explanations: what this instance serves, and what it would make now. */
export function createViewerLists({ kept, builds, maker, seen, hides, coLikers }: ViewerListsDeps): PersonalLists {
  return {
    current: async (feed, viewerDid) => {
      const latest = kept.latest(feed.alias, viewerDid);
      const build = latest && (await builds.find(feed, viewerDid, latest.build.id));
      return build && listOf(feed, build, hides);
    },
    make: async (feed, viewerDid) => (await maker.make(feed, { did: viewerDid, languages: [] }))?.posts ?? [],
    ...(coLikers !== undefined && { coLikers }),
    hasSeen: async (viewerDid, uri) => (await seen.view(viewerDid, undefined)).has(uri),
  };
}

function listOf({ alias }: PersonalFeed, build: PersonalBuild, hides: Pick<Hides, 'isHidden'>): ViewerList {
  const posts = build.posts.map((post, index) => ({ post, reason: build.reasonOf(index) }));
  const isCut = (uri: string) =>
    build.posts.some((post) => post.uri === uri && (hides.isHidden(post, alias) || build.leavesOut?.(post) === true));
  return {
    id: build.id,
    asOfMs: build.asOfMs,
    posts: posts.filter(({ post }) => !post.isPinned).map(({ post, reason }) => ({ uri: post.uri, reason })),
    isCut,
  };
}
