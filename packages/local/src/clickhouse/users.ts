import type { EngineUser } from './engine-config.ts';
import type { Logins } from './netrc.ts';

// Nobody reaches another host or a program, and nobody ends the server but who started it.
const CLOSED = ['REVOKE SOURCES ON *.*', 'REVOKE SYSTEM SHUTDOWN ON *.*'];

/**
 * What the services do, and nothing of the schema but how long rows are kept. A guard against mistakes more than a wall: who may SELECT may
 * read every file of the engine's folder by file(). Without KILL QUERY each still ends its own queries, and nobody the one that keeps the
 * engine running.
 */
const APPS = [
  'GRANT SELECT, INSERT, ALTER UPDATE, ALTER DELETE, ALTER TTL, ALTER SETTINGS, OPTIMIZE ON *.*',
  'GRANT dictGet, SHOW, CREATE TEMPORARY TABLE, SYSTEM RELOAD DICTIONARY ON *.*',
  'GRANT TABLE ENGINE ON Memory', // a temporary table's
];

/** The users of a local engine, in the order in which it is asked by them: the first one's password proves that it answers. */
export function engineUsers(
  { apps, migrations }: Logins,
  { isShard }: { readonly isShard: boolean },
): readonly [EngineUser, EngineUser] {
  // Else no table can be made that reads the other servers of the cluster.
  const remote = isShard ? ['GRANT REMOTE ON *.*'] : [];
  return [
    { name: migrations.username, password: migrations.password, grants: ['GRANT ALL ON *.*', ...CLOSED, ...remote] },
    { name: apps.username, password: apps.password, grants: APPS },
  ];
}
