/** A post as GET /search/posts gives it. */
export interface Post {
  readonly uri: string;
  readonly did: string;
  readonly handle?: string;
  readonly text: string;
  readonly created_at: string;
  readonly langs: readonly string[];
  readonly has_embedded_media: boolean;
  readonly parent_uri: string;
  readonly quote_uri: string;
  readonly num_likes?: number;
}

/** The page of a post at bsky.app; undefined for what is not the at-uri of a post. */
export function postPage(uri: string): string | undefined {
  const [, did, rkey] = /^at:\/\/(did:[a-z]+:[\w.:%-]+)\/app\.bsky\.feed\.post\/([\w.:~-]+)$/.exec(uri) ?? [];
  return did === undefined || rkey === undefined ? undefined : `https://bsky.app/profile/${did}/post/${rkey}`;
}

export function accountPage(did: string): string {
  return `https://bsky.app/profile/${encodeURIComponent(did)}`;
}
