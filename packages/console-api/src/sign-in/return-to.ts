/** Any origin: only the path counts. */
const HERE = 'https://console.invalid';

/** A path of the console, as a browser reads it, or undefined: nobody is led elsewhere after signing in. */
export function readReturnTo(text: string): string | undefined {
  // A browser takes `\` for `/`, and drops tabs and line breaks.
  if (!text.startsWith('/console/') || /[\\\p{Cc}]/u.test(text) || !URL.canParse(text, HERE)) return undefined;
  const { origin, pathname, search, hash } = new URL(text, HERE);
  return origin === HERE && pathname.startsWith('/console/') ? `${pathname}${search}${hash}` : undefined;
}
