import type { StoredPersonalBuild } from '@updraft/feeds';
import { type Build, type FeedPost, feedPost, repostedPost } from '../builds/build.ts';

/** One viewer's list of one feed, which never changes. */
export interface PersonalBuild extends Build {
  /** Why the post at this place is there, for feedContext and for people: at most 200 characters, without `|`. */
  reasonOf(index: number): string;
}

/** Builds of viewers have ids of their own, which say when they were made. */
export function newPersonalId(asOfMs: number): string {
  return `me.${asOfMs.toString(36)}-${Math.floor(Math.random() * 2 ** 40).toString(36)}`;
}

export function isPersonalId(id: string): boolean {
  return /^me\.[0-9a-z]+-[0-9a-z]+$/.test(id);
}

/** The pinned posts come first, and only there. */
export function thawPersonal({ id, asOfMs, pinned, posts }: StoredPersonalBuild): PersonalBuild {
  const pins = new Set(pinned);
  const rest = posts.filter(({ uri }) => !pins.has(uri));
  const all: FeedPost[] = [
    ...[...pins].map((uri) => feedPost(uri, true)),
    ...rest.map(({ uri, repostUri }) => (repostUri === undefined ? feedPost(uri) : repostedPost(uri, repostUri))),
  ];
  const reasonOf = (index: number) => (index < pins.size ? 'pinned' : (rest[index - pins.size]?.reason ?? ''));
  return { id, asOfMs, posts: all, reasonOf };
}
