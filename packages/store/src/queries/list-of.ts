import { parseAtUri, recordKey } from '@updraft/atproto';
import { createList } from '../clickhouse/lists.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { bool, string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { pick } from '../row-binary/table.ts';
import { isVisibleRecord, RECORD_VERSION, recordRows } from '../tables/record-rows.ts';

const LIST = 'app.bsky.graph.list';

/**
 * The list that an at-uri means: of a list itself, of a starter pack the one that its record names. Undefined where the index has the
 * record's deletion or its account is hidden, and for a starter pack that the index doesn't have.
 */
export async function listOf(clickhouse: ClickHouse, uri: string): Promise<string | undefined> {
  const { authority: repo = '', collection = '', rkey = '' } = parseAtUri(uri) ?? {};
  const [last] = await clickhouse.query(
    `SELECT JSONExtractString(json_rest, 'list') AS list, deleted, toUInt8(${isVisibleRecord}) AS is_visible
     FROM record_rows
     WHERE (record_hour, collection, repo, rkey_tid, rkey_text) IN given_records
     ORDER BY ${RECORD_VERSION} DESC, deleted LIMIT 1`,
    LAST_ROW,
    {},
    { lists: [createList('given_records', KEY, [{ ...recordKey(rkey), collection, repo }])] },
  );
  if (last !== undefined && (last.deleted || !last.isVisible)) return undefined;
  if (collection === LIST) return uri;
  return last !== undefined && parseAtUri(last.list)?.collection === LIST ? listOf(clickhouse, last.list) : undefined;
}

const LAST_ROW = shape({ list: string, deleted: bool, isVisible: bool });
const KEY = pick(recordRows, 'recordHour', 'collection', 'repo', 'rkeyTid', 'rkeyText');
