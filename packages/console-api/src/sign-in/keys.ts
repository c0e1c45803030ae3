/** Keys in Redis. A session and a grant have the id of the session, a flow the id of its secret. */
export interface ConsoleKeys {
  session(id: string): string;
  /** The ids of an account's sessions. */
  sessionsOf(did: string): string;
  grant(id: string): string;
  /** The ids of the grants, by when they lapse. */
  readonly grants: string;
  flow(id: string): string;
}

/** `redisPrefix`: the first part of each key of this Updraft. */
export function consoleKeys(redisPrefix: string): ConsoleKeys {
  const key = (kind: string) => (name: string) => `${redisPrefix}:console:${kind}:${name}`;
  return {
    session: key('session'),
    sessionsOf: key('sessions'),
    grant: key('grant'),
    grants: `${redisPrefix}:console:grants`,
    flow: key('flow'),
  };
}
