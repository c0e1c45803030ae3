import { readCount } from '../../clickhouse/read-value.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';

/**
 * Active accounts, known by an event or from a host's list. An account's own last event says whether it is active; without one, the list
 * does.
 */
export function countUsers(clickhouse: ClickHouse): Promise<number> {
  return readCount(
    clickhouse,
    `
SELECT count() AS value
FROM
(
    SELECT did_key
    FROM
    (
        SELECT did_key, toUInt8(1) AS rank, toUInt8(1) AS is_active FROM actor_handles
        UNION ALL
        SELECT did_key, toUInt8(2), active FROM listed_accounts FINAL
        UNION ALL
        SELECT did_key, toUInt8(3), argMax(active, (version, is_deletion)) FROM actor_status FINAL GROUP BY did_key
    )
    GROUP BY did_key
    HAVING argMax(is_active, rank) = 1
)`,
    {},
    { timeoutMs: 120_000, settings: { max_bytes_before_external_group_by: 500_000_000, max_threads: 2 } },
  );
}
