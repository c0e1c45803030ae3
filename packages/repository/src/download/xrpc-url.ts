/** The address of a method at a server. */
export function xrpcUrl(pds: string, method: string, query: Readonly<Record<string, string>> = {}): string {
  const url = new URL(`/xrpc/${method}`, pds);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
