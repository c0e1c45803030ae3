import type { SignInRequest } from '../views/session.ts';

/** Proves who somebody is, and allows nothing. */
const IDENTITY = 'atproto';
/** The collections that clean-ups delete from. */
const CLEANUP_COLLECTIONS = ['app.bsky.feed.like', 'app.bsky.feed.post', 'app.bsky.feed.repost'];
const DELETIONS = [IDENTITY, ...CLEANUP_COLLECTIONS.map((name) => `repo:${name}?action=delete`)].join(' ');
/** All that an app password allows, for servers that don't know permissions by collection. */
const GENERIC = `${IDENTITY} transition:generic`;

/** What the client may ask for. */
export const ALL_SCOPES = `${DELETIONS} transition:generic`;

/** What to ask for, the least first; the next one where a server does not know it. Source: https://atproto.com/specs/permission */
export function scopesFor(purpose: SignInRequest['purpose']): readonly string[] {
  return purpose === 'console' ? [IDENTITY] : [DELETIONS, GENERIC];
}

/** Whether a permission allows more than clean-ups need. */
export function isWide(scope: string): boolean {
  return scope.split(' ').includes('transition:generic');
}

/** Whether a server has granted enough to delete what clean-ups delete. */
export function allowsDeletions(granted: string): boolean {
  const scopes = new Set(granted.split(' '));
  return isWide(granted) || DELETIONS.split(' ').every((scope) => scopes.has(scope));
}
