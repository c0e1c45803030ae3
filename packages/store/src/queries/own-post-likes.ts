import type { ClickHouse } from '../clickhouse/types.ts';
import { bool, string } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { isVisibleRecord } from '../tables/record-rows.ts';

/** A post that the index holds, and whether it got the likes. */
const OWN_POST = shape({ rkey: string, hasEnough: bool });
export type OwnPostLikes = RowOf<typeof OWN_POST>;

/**
 * The posts of an account that the index holds, each with whether accounts that show like it at least `minLikes` times. Counts what the
 * index has seen. Likes are not sorted by their subject, so this reads one column of them all: in the background, for few callers.
 */
export async function* ownPostLikes(
  clickhouse: ClickHouse,
  query: { readonly did: string; readonly minLikes: number; readonly signal?: AbortSignal },
): AsyncGenerator<readonly OwnPostLikes[]> {
  const { signal, ...params } = query;
  yield* clickhouse.stream(SELECT_LIKES, OWN_POST, params, {
    timeoutMs: TIMEOUT_MS,
    settings: { max_threads: 1, max_bytes_before_external_group_by: 500_000_000 },
    ...(signal === undefined ? {} : { signal }),
  });
}

const TIMEOUT_MS = 300_000;

const SELECT_LIKES = `
SELECT rkey, likes >= {minLikes:UInt64} AS has_enough
FROM (SELECT rkey, uri_key FROM post_rows FINAL WHERE did = {did:String}) AS own
LEFT JOIN
(
    SELECT subject_key AS uri_key, uniqExact(did_key) AS likes
    FROM record_rows FINAL
    WHERE collection = 'app.bsky.feed.like' AND subject_key IN (SELECT uri_key FROM post_rows WHERE did = {did:String}) AND ${isVisibleRecord}
    GROUP BY subject_key
) AS counts USING uri_key`;
