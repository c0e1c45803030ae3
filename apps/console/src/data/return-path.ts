const FIRST_PAGE = '/console/';

/** Where to go on after signing in: a path of the console only, whatever the address says. */
export function returnPath(path: string | undefined, ownOrigin: string): string {
  if (path === undefined || !URL.canParse(path, ownOrigin)) return FIRST_PAGE;
  const { origin, pathname, search } = new URL(path, ownOrigin);
  if (origin !== ownOrigin || !pathname.startsWith(FIRST_PAGE) || pathname === '/console/sign-in') return FIRST_PAGE;
  return `${pathname}${search}`;
}
