import type { FeedsFile } from './feed.ts';

/** What an account may do with the feeds, by their names. */
export interface FeedRoles {
  readonly isOperator: boolean;
  readonly hostOf: string[];
  readonly moderatorOf: string[];
}

/** The roles that the feeds file gives. Operators are hosts of all feeds; a host is not named as a moderator too. */
export function rolesIn({ feeds }: FeedsFile, operators: readonly string[], did: string): FeedRoles {
  const isOperator = operators.includes(did);
  const all = [...feeds.values()];
  const hosted = all.filter(({ hosts }) => isOperator || hosts.includes(did));
  const moderated = all.filter((feed) => !hosted.includes(feed) && feed.moderators.includes(did));
  return { isOperator, hostOf: hosted.map(({ alias }) => alias), moderatorOf: moderated.map(({ alias }) => alias) };
}
