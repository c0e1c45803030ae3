import type { ClickHouse } from '../../clickhouse/types.ts';
import { bool, uint32 } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import {
  COLUMNS,
  FOUND_POST,
  type FoundPost,
  isInTime,
  type PostPlace,
  placeParams,
  placeSql,
  RAW_COLUMNS,
} from './found-post.ts';
import { filterSql, type PostFilter, spelledSql } from './post-filter.ts';
import { searchSelect } from './search-select.ts';

export interface MostLikedQuery extends PostFilter {
  readonly fromMs: number;
  readonly toMs: number;
  /** Of post_like_counts. */
  readonly generation: number;
  readonly after: (PostPlace & { readonly numLikes: number; readonly isSpelled: boolean }) | undefined;
  readonly limit: number;
}

/**
 * Posts of a stretch of time, in this order: those that have the query's words as it spells them come first, then those with the most
 * likes by this generation of counts.
 */
export function mostLikedPosts(clickhouse: ClickHouse, query: MostLikedQuery): Promise<FoundPost[]> {
  const { fromMs, toMs, generation, after, limit } = query;
  const filter = filterSql(query);
  const spelled = spelledSql(query);
  const sql = `
SELECT ${COLUMNS}, num_likes, is_spelled
FROM (SELECT uri_key, num_likes FROM post_like_counts WHERE generation = {generation:UInt64}) AS counts
RIGHT JOIN
(
    SELECT ${RAW_COLUMNS}, uri_key, ${spelled?.expression ?? 'toUInt8(1)'} AS is_spelled
    FROM post_rows FINAL
    WHERE (record_hour >= {fromHour:UInt32} OR record_hour = 0) AND ${isInTime} AND ${isVisible} AND ${filter.conditions.join(' AND ')}
) AS found USING uri_key
${after === undefined ? '' : `WHERE (is_spelled, num_likes, sort_at, did, rkey) < ({afterSpelled:UInt8}, {afterLikes:UInt32}, ${placeSql('after')})`}
ORDER BY is_spelled DESC, num_likes DESC, sort_at DESC, did DESC, rkey DESC
LIMIT {limit:UInt32}`;
  const params = {
    ...filter.params,
    ...spelled?.params,
    ...placeParams('after', after),
    afterLikes: after?.numLikes ?? 0,
    afterSpelled: after?.isSpelled === false ? 0 : 1,
    fromHour: Math.floor(fromMs / 3_600_000),
    fromMs,
    toMs,
    generation,
    limit,
  };
  return searchSelect(clickhouse)(sql, LIKED_POST, params);
}

const LIKED_POST = shape({ ...FOUND_POST, numLikes: uint32, isSpelled: bool });
