import { didList } from '../clickhouse/lists.ts';
import { readCount } from '../clickhouse/read-value.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { dateTime64Ms, string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { type AccountNames, readNames } from './account-names.ts';

export interface Member extends AccountNames {
  readonly did: string;
  /** ISO 8601: when the account became a member. */
  readonly createdAt: string;
}

export interface MembersPage {
  readonly members: readonly Member[];
  readonly totalCount: number;
}

export interface MembersQuery {
  readonly label: string;
  /** Only members among these accounts; undefined for all. */
  readonly among?: readonly string[] | undefined;
  /** From 1. */
  readonly page: number;
  readonly limit: number;
}

/** A page of a label's members with their names, the newest members first. Names are read for the page only. */
export async function readMembersPage(clickhouse: ClickHouse, query: MembersQuery): Promise<MembersPage> {
  const { label, among, limit } = query;
  const params = { label, limit, offset: (query.page - 1) * limit };
  const lists = among === undefined ? {} : { lists: [didList(among)] };
  const chosen = `FROM actor_labels FINAL WHERE label = {label:String}${among === undefined ? '' : ' AND actor_did IN given_dids'}`;
  const [totalCount, rows] = await Promise.all([
    readCount(clickhouse, `SELECT count() AS value ${chosen}`, params, lists),
    clickhouse.query(
      `SELECT actor_did AS did, created_at ${chosen} ORDER BY created_at DESC, did LIMIT {limit:UInt32} OFFSET {offset:UInt64}`,
      shape({ did: string, createdAt: dateTime64Ms }),
      params,
      lists,
    ),
  ]);
  const dids = rows.map(({ did }) => did);
  const names = await readNames(clickhouse, dids);
  const members = rows.map(({ did, createdAt }) => {
    const { handle, displayName } = names.get(did) ?? { handle: '', displayName: '' };
    return { did, handle, displayName, createdAt: new Date(createdAt).toISOString() };
  });
  return { members, totalCount };
}
