const MAX_LINK_LENGTH = 4_096;

/** The address as a browser would open it, where it is one of http or https without a name or password in it. Never throws. */
export function webLink(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_LINK_LENGTH || !URL.canParse(value)) return undefined;
  const { protocol, username, password, href } = new URL(value);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return username === '' && password === '' ? href : undefined;
}
