import type { Feed, ServiceIdentity } from '@updraft/feeds';

/** How pages for people call a feed. */
export function feedTitle({ alias, publish }: Feed): string {
  return publish?.name ?? alias;
}

export function describeFeed({ kind, publish }: Feed): string {
  return publish?.description ?? CONTENT[kind];
}

/** Its page of bsky.app. */
export function feedPageUrl({ alias }: Feed, { actorDid }: ServiceIdentity): string {
  return `https://bsky.app/profile/${encodeURIComponent(actorDid)}/feed/${encodeURIComponent(alias)}`;
}

/** Of its record. */
export function feedUri({ alias }: Feed, { actorDid }: ServiceIdentity): string {
  return `at://${actorDid}/app.bsky.feed.generator/${alias}`;
}

/** For a feed without a description. */
const CONTENT: Record<Feed['kind'], string> = {
  hot: 'Liked posts, fading with age.',
  top: 'The most liked posts.',
  search: 'Posts that a search finds.',
  'author-label': 'Posts of chosen accounts, newest first.',
  list: 'Posts of the accounts of a list, newest first.',
  union: 'The posts of several feeds.',
  following: 'Posts of the accounts that you follow.',
  'for-you': 'What those like who like what you like.',
  static: 'Chosen posts.',
};
