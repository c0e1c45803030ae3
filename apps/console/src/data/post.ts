/** The page of a post at bsky.app; undefined for what is not the at-uri of a post. */
export function postPage(uri: string): string | undefined {
  const [, did, rkey] = /^at:\/\/(did:[a-z]+:[\w.:%-]+)\/app\.bsky\.feed\.post\/([\w.:~-]+)$/.exec(uri) ?? [];
  return did === undefined || rkey === undefined ? undefined : `https://bsky.app/profile/${did}/post/${rkey}`;
}

export function accountPage(did: string): string {
  return `https://bsky.app/profile/${encodeURIComponent(did)}`;
}

/** Where the search for a hashtag is. */
export function tagSearch(tag: string): string {
  return `/console/search?${new URLSearchParams({ q: `#${tag}` })}`;
}

/** The host of an http(s) address, for readers. Undefined for any other address: that must not become a link. */
export function linkHost(link: string): string | undefined {
  if (!URL.canParse(link)) return undefined;
  const { protocol, host } = new URL(link);
  return protocol === 'https:' || protocol === 'http:' ? host.replace(/^www\./, '') : undefined;
}
