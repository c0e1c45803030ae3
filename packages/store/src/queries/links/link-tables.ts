import { recordKey, recordTime } from '@updraft/atproto';
import { createList, type List } from '../../clickhouse/lists.ts';
import { lowCardinalityString, string } from '../../row-binary/codecs.ts';
import { pick } from '../../row-binary/table.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import { postList } from '../../tables/post-rows.ts';
import { isVisibleRecord, RECORD_RKEY, recordRows } from '../../tables/record-rows.ts';
import type { LinkKind } from './link-kinds.ts';

/** A record that links, and its place in the order of an answer: by the hour in its key, then by the key, then by the account. */
export interface LinkPlace {
  /** Hours since 1970; 0 where the key has no time, and for list items. */
  readonly hour: number;
  readonly rkey: string;
  readonly did: string;
}

/** How a table names what links have. */
export interface LinkTable {
  readonly hour: string;
  readonly did: string;
  readonly rkey: string;
  /** Its sort key: of the rows with one key the last version counts. */
  readonly key: string;
  readonly isVisible: string;
  /** The keys of these places, for `key IN list.name`. */
  readonly keysOf: (places: readonly LinkPlace[], collection: string) => List;
}

export const LINK_TABLES: Readonly<Record<LinkKind['table'], LinkTable>> = {
  record_rows: {
    hour: 'record_hour',
    did: 'repo',
    rkey: RECORD_RKEY,
    key: '(record_hour, collection, repo, rkey_tid, rkey_text)',
    isVisible: isVisibleRecord,
    keysOf: (places, collection) =>
      createList(
        'given_links',
        {
          ...pick(recordRows, 'recordHour'),
          collection: lowCardinalityString,
          ...pick(recordRows, 'repo', 'rkeyTid', 'rkeyText'),
        },
        places.map(({ did, rkey }) => ({ ...recordKey(rkey), collection, repo: did })),
      ),
  },
  post_rows: {
    hour: 'record_hour',
    did: 'did',
    rkey: 'rkey',
    key: '(record_hour, did, rkey)',
    isVisible,
    keysOf: (places) => ({
      ...postList(places.map(({ did, rkey }) => ({ recordHour: recordTime(rkey).recordHour, did, rkey }))),
      name: 'given_links',
    }),
  },
  list_items: {
    hour: 'toUInt32(0)',
    did: 'actor_did',
    rkey: 'rkey',
    key: '(actor_did, rkey)',
    isVisible,
    keysOf: (places) =>
      createList(
        'given_links',
        { actorDid: string, rkey: string },
        places.map(({ did, rkey }) => ({ actorDid: did, rkey })),
      ),
  },
};
