/** The address of a page about a feed, such as `/members`. */
export function hostPath(feed: string, page = '', query: Readonly<Record<string, string>> = {}): string {
  const asked = new URLSearchParams(query).toString();
  return `/console/host/${encodeURIComponent(feed)}${page}${asked === '' ? '' : `?${asked}`}`;
}
