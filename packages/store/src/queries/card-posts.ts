import { postJson, selfLabelsOfRest } from '@updraft/atproto';
import { didList } from '../clickhouse/lists.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { pick } from '../row-binary/table.ts';
import { erasedHash, readErased } from '../tables/erased-accounts.ts';
import { isVisible } from '../tables/hidden-actors.ts';
import { keysOf, postList, postRows } from '../tables/post-rows.ts';

/** A post with all that its record says. */
export interface CardPost {
  readonly uri: string;
  readonly did: string;
  /** Milliseconds since 1970. */
  readonly sortAt: number;
  readonly text: string;
  readonly langs: readonly string[];
  /** '' when it is not a reply. */
  readonly parentUri: string;
  /** '' when it quotes nothing. */
  readonly quoteUri: string;
  /** As it was written, without the cids of StrongRefs; '' where an earlier version kept none. */
  readonly recordJson: string;
  /** What the author says of it. */
  readonly selfLabels: readonly string[];
}

const POST = shape({
  uri: string,
  ...pick(postRows, 'did', 'sortAt', 'text', 'langs', 'parentUri', 'rootUri', 'quoteUri', 'jsonRest'),
});

/** Those of the posts that show now, by uri; none of an account that is erased. Each is looked up by its whole key. */
export async function readCardPosts(clickhouse: ClickHouse, uris: Iterable<string>): Promise<Map<string, CardPost>> {
  const keys = keysOf(uris);
  if (keys.length === 0) return new Map();
  const sql = `SELECT uri, did, sort_at, text, langs, parent_uri, root_uri, quote_uri, json_rest FROM post_rows FINAL
    WHERE (record_hour, did, rkey) IN given_posts AND ${isVisible}`;
  const [rows, erased] = await Promise.all([
    clickhouse.query(sql, POST, {}, { lists: [postList(keys)] }),
    readErased(clickhouse, [...new Set(keys.map(({ did }) => did))]),
  ]);
  const shown = rows.filter(({ did }) => !erased.has(erasedHash(did)));
  return new Map(
    shown.map(({ jsonRest, ...row }) => [
      row.uri,
      {
        ...row,
        recordJson: jsonRest === '' ? '' : postJson(jsonRest, row),
        selfLabels: jsonRest.includes('"labels":') ? selfLabelsOfRest(jsonRest) : [],
      },
    ]),
  );
}

/** The names that these accounts give themselves, by DID; none of accounts that don't show. */
export async function displayNamesOf(clickhouse: ClickHouse, dids: readonly string[]): Promise<Map<string, string>> {
  if (dids.length === 0) return new Map();
  const rows = await clickhouse.query(
    `SELECT actor_did AS did, display_name FROM profiles FINAL
     WHERE actor_did IN given_dids AND display_name != '' AND ${isVisible}`,
    shape({ did: string, displayName: string }),
    {},
    { lists: [didList(dids)] },
  );
  return new Map(rows.map(({ did, displayName }) => [did, displayName]));
}
