/** Whether the If-None-Match of a request has the ETag. Weak comparison, as for any conditional GET. Source: RFC 9110, section 13.1.2 */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === etag);
}
