/** The account whose record an at-uri names. */
export function didOfUri(uri: string): string {
  const end = uri.indexOf('/', 'at://'.length);
  return uri.slice('at://'.length, end < 0 ? undefined : end);
}

/** What labelers name when they label a profile. */
export function profileUri(did: string): string {
  return `at://${did}/app.bsky.actor.profile/self`;
}

/** What labels that concern these posts are put on: the posts, their accounts and the profiles of these. */
export function subjectsOf(uris: readonly string[]): string[] {
  const dids = [...new Set(uris.map(didOfUri))];
  return [...uris, ...dids, ...dids.map(profileUri)];
}
