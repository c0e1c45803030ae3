import type { EngineUser } from './engine-config.ts';
import type { Logins } from './netrc.ts';

// No user reaches another host or a program, or ends the server.
const CLOSED = ['REVOKE SOURCES ON *.*', 'REVOKE SYSTEM SHUTDOWN ON *.*'];

/**
 * What the services need. Of the schema they change only how long rows are kept. This guards against mistakes rather than attacks: a user
 * who may SELECT may read every file of the engine's folder, by file(). Without KILL QUERY a user still ends its own queries, but not the
 * one that keeps the engine running.
 */
const APPS = [
  'GRANT SELECT, INSERT, ALTER UPDATE, ALTER DELETE, ALTER TTL, ALTER SETTINGS, OPTIMIZE ON *.*',
  'GRANT dictGet, SHOW, CREATE TEMPORARY TABLE, SYSTEM RELOAD DICTIONARY ON *.*',
  'GRANT TABLE ENGINE ON Memory', // a temporary table's
];

/** The users of a local engine. As the first one we ask whether it answers. */
export function engineUsers(
  { apps, migrations }: Logins,
  { isShard }: { readonly isShard: boolean },
): readonly [EngineUser, EngineUser] {
  // for tables that read the other servers of the cluster
  const remote = isShard ? ['GRANT REMOTE ON *.*'] : [];
  return [
    { name: migrations.username, password: migrations.password, grants: ['GRANT ALL ON *.*', ...CLOSED, ...remote] },
    { name: apps.username, password: apps.password, grants: APPS },
  ];
}
