import type { Roles } from '@updraft/console-api/views';

/** What a page of a feed's hosts needs: moderators decide about requests and posts, hosts about everything. */
export type Need = 'host' | 'moderator';

export function mayDo(roles: Roles, feed: string, need: Need): boolean {
  if (roles.isOperator || roles.hostOf.includes(feed)) return true;
  return need === 'moderator' && roles.moderatorOf.includes(feed);
}
