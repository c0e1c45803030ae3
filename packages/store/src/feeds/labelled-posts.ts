import type { ClickHouse } from '../clickhouse/types.ts';
import { isInWindow, type PostFilter, postConditions, windowParams } from './fragments.ts';

export interface LabelledPostsQuery extends PostFilter {
  readonly label: string;
  readonly asOfMs: number;
  readonly windowMs: number;
  readonly perAuthor?: number | undefined;
  readonly size: number;
}

/** Uris of the posts of a label's bearers within the window, newest first. */
export async function labelledPosts(clickhouse: ClickHouse, query: LabelledPostsQuery): Promise<string[]> {
  const sql = `
SELECT uri
FROM posts FINAL
WHERE ${isInWindow}
    AND did IN (SELECT actor_did FROM actor_labels FINAL WHERE label = {label:String})
    AND ${postConditions(query)}
ORDER BY sort_at DESC, uri ASC
${query.perAuthor === undefined ? '' : 'LIMIT {perAuthor:UInt32} BY did'}
LIMIT {size:UInt32}`;
  const params = {
    ...windowParams(query.asOfMs - query.windowMs, query.asOfMs),
    label: query.label,
    languages: query.languages,
    perAuthor: query.perAuthor ?? 0,
    size: query.size,
  };
  const rows = await clickhouse.query<{ uri: string }>(sql, params);
  return rows.map(({ uri }) => uri);
}
