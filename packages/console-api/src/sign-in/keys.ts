/** Keys in Redis. A session and a grant have the id of the session, a flow the id of its secret. */
export interface ConsoleKeys {
  session(id: string): string;
  /** The ids of an account's sessions. */
  sessionsOf(did: string): string;
  grant(id: string): string;
  /** The ids of sessions with a grant, by when it lapses. */
  readonly grantEnds: string;
  flow(id: string): string;
}

/** `redisPrefix`: the first part of each key of this Updraft. */
export function consoleKeys(redisPrefix: string): ConsoleKeys {
  const key = (kind: string) => (name: string) => `${redisPrefix}:console:${kind}:${name}`;
  const grantEnds = `${redisPrefix}:console:grant-ends`;
  return { session: key('session'), sessionsOf: key('sessions'), grant: key('grant'), grantEnds, flow: key('flow') };
}
