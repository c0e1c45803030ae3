import type { ClickHouse } from '../clickhouse/types.ts';

/** What is known of an account: the view `actors`. */
export interface Actor {
  readonly did: string;
  /** '' when no identity event named one. */
  readonly handle: string;
  readonly active: boolean;
  /** takendown, suspended, deleted, deactivated, …; '' when active. */
  readonly status: string;
}

/** An account that an identity or account event has named; undefined for others. A point look-up. */
export async function getActor(clickhouse: ClickHouse, did: string): Promise<Actor | undefined> {
  const [row] = await clickhouse.query<Omit<Actor, 'active'> & { active: number }>(
    'SELECT did, handle, active, status FROM actors WHERE did = {did:String}',
    { did },
  );
  return row === undefined ? undefined : { ...row, active: row.active === 1 };
}
