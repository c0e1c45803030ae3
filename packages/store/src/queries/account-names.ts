import { didList } from '../clickhouse/lists.ts';
import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { bool, string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { isValidHandle } from '../tables/actor-handles.ts';

/** How people know an account. */
export interface AccountNames {
  /** '' when none is known. */
  readonly handle: string;
  readonly displayName: string;
}

/**
 * The names of these accounts, by DID; all of them are in the answer. By key, and without FINAL: of thousands of accounts among millions that
 * takes a third of the time.
 */
export async function readNames(
  clickhouse: ClickHouse,
  dids: readonly string[],
  options: Omit<CallOptions, 'lists'> = {},
): Promise<Map<string, AccountNames>> {
  if (dids.length === 0) return new Map();
  const withList = { ...options, lists: [didList(dids)] };
  const [handles, profiles] = await Promise.all([
    clickhouse.query(
      `SELECT did, argMax(handle, version) AS handle FROM actor_handles WHERE did IN given_dids
       GROUP BY did HAVING ${isValidHandle}`,
      shape({ did: string, handle: string }),
      {},
      withList,
    ),
    clickhouse.query(
      `SELECT actor_did AS did, argMax(display_name, version) AS display_name, argMax(deleted, version) AS is_deleted
       FROM profiles WHERE actor_did IN given_dids GROUP BY actor_did`,
      shape({ did: string, displayName: string, isDeleted: bool }),
      {},
      withList,
    ),
  ]);
  const handleOf = new Map(handles.map(({ did, handle }) => [did, handle]));
  const nameOf = new Map(profiles.map(({ did, displayName, isDeleted }) => [did, isDeleted ? '' : displayName]));
  return new Map(dids.map((did) => [did, { handle: handleOf.get(did) ?? '', displayName: nameOf.get(did) ?? '' }]));
}
