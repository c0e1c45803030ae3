import type { ClickHouse } from '../../clickhouse/types.ts';
import { uint64 } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { hasSubject, isVisibleRecord, RECORD_SORT_AT_MS } from '../../tables/record-rows.ts';
import { isLikeCounted, LAZY_OR, windowParams } from '../fragments.ts';

const DAY_MS = 86_400_000;
const HALF_HOUR_MS = 1_800_000;

/**
 * Counts the likes that posts got within the last 24 h into a new generation, and drops generations that no page can still
 * be reading. A generation is its time in ms.
 */
export async function countRecentLikes(clickhouse: ClickHouse, nowMs: number): Promise<number> {
  await clickhouse.command(
    `
INSERT INTO post_like_counts (generation, uri_key, num_likes)
SELECT {generation:UInt64}, subject_key, count()
FROM
(
    SELECT subject_key, did_key FROM record_rows FINAL
    WHERE collection = 'app.bsky.feed.like' AND ${isLikeCounted} AND ${RECORD_SORT_AT_MS} > {fromMs:Int64} AND ${hasSubject} AND ${isVisibleRecord}
    GROUP BY subject_key, did_key
)
GROUP BY subject_key`,
    { generation: nowMs, ...windowParams(nowMs - DAY_MS, nowMs) },
    {
      timeoutMs: 120_000,
      settings: { ...LAZY_OR, max_bytes_before_external_group_by: 500_000_000, max_memory_usage: 4_000_000_000 },
    },
  );
  for (const generation of await likeGenerations(clickhouse)) {
    if (generation < nowMs - HALF_HOUR_MS) {
      const partition = Math.trunc(generation);
      await clickhouse.onEachServer(
        (onCluster) => `ALTER TABLE post_like_counts${onCluster} DROP PARTITION ${partition}`,
      );
    }
  }
  return nowMs;
}

/** Generations there are, the newest first. */
export async function likeGenerations(clickhouse: ClickHouse): Promise<number[]> {
  // A generation is a partition: the parts' metadata answers this, and no row is read.
  const rows = await clickhouse.query(
    'SELECT generation FROM post_like_counts GROUP BY generation',
    shape({ generation: uint64 }),
  );
  return rows.map(({ generation }) => generation).toSorted((a, b) => b - a);
}

/** Whether a page can still be read by this generation. A young one may have no rows, and then no table shows it. */
export async function isGenerationKept(clickhouse: ClickHouse, generation: number, nowMs: number): Promise<boolean> {
  return generation >= nowMs - HALF_HOUR_MS || (await likeGenerations(clickhouse)).includes(generation);
}
