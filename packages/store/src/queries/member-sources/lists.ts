import { parseAtUri, recordKey } from '@updraft/atproto';
import { didList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { bool, string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import { CANDIDATE, type Candidate, type CandidateQuery, isOpenTo } from './member-source.ts';

/** Whoever writes an item may name any list: only its owner's items count. */
const IS_ITEM = `actor_did = {owner:String} AND list_uri = {list:String} AND ${isVisible}`;

export async function listCandidates(
  clickhouse: ClickHouse,
  uri: string,
  { label, open, limit }: CandidateQuery,
): Promise<Candidate[]> {
  const list = await findList(clickhouse, uri);
  if (list === undefined) return [];
  return clickhouse.query(
    `SELECT subject_did AS did, '' AS evidence, toUInt64(0) AS at_micros FROM list_items FINAL
     WHERE ${IS_ITEM} AND ${isOpenTo('subject_did')}
     ORDER BY did LIMIT 1 BY did LIMIT {limit:UInt32}`,
    CANDIDATE,
    { ...list, label, open, limit },
  );
}

/** Those of the accounts that are on the list. */
export async function listedOf(clickhouse: ClickHouse, uri: string, dids: readonly string[]): Promise<Set<string>> {
  const list = await findList(clickhouse, uri);
  if (list === undefined) return new Set();
  const rows = await clickhouse.query(
    `SELECT DISTINCT subject_did AS did FROM list_items FINAL WHERE ${IS_ITEM} AND subject_did IN given_dids`,
    shape({ did: string }),
    { ...list },
    { lists: [didList(dids)] },
  );
  return new Set(rows.map(({ did }) => did));
}

interface ListPlace {
  readonly list: string;
  readonly owner: string;
}

/** The list that the uri names, by itself or as a starter pack. Undefined for one that was deleted; one that the index has not is taken to be there. */
async function findList(clickhouse: ClickHouse, uri: string): Promise<ListPlace | undefined> {
  const { authority: repo = '', collection = '', rkey = '' } = parseAtUri(uri) ?? {};
  const { recordHour, rkeyTid, rkeyText } = recordKey(rkey);
  const [record] = await clickhouse.query(
    `SELECT deleted, JSONExtractString(json_rest, 'list') AS list FROM record_rows
     WHERE record_hour = {recordHour:UInt32} AND collection = {collection:String} AND repo = {repo:String}
       AND rkey_tid = {rkeyTid:UInt64} AND rkey_text = {rkeyText:String}
     ORDER BY relative_version DESC LIMIT 1`,
    shape({ deleted: bool, list: string }),
    { recordHour, collection, repo, rkeyTid: String(toBigInt(rkeyTid)), rkeyText },
  );
  if (record?.deleted === true) return undefined;
  if (collection === 'app.bsky.graph.list') return { list: uri, owner: repo };
  const owner = parseAtUri(record?.list ?? '')?.authority;
  return owner === undefined || record === undefined ? undefined : { list: record.list, owner };
}

function toBigInt({ hi, lo }: { readonly hi: number; readonly lo: number }): bigint {
  return BigInt(hi) * 2n ** 32n + BigInt(lo);
}
