import type { CallSettings } from './types.ts';

/**
 * The settings of every call, in this one place. Reads of replacing tables rest on them: the partition is computed from
 * the sort key, so no row has versions in two partitions; and a skip index must not hide the newer version of a row.
 * https://clickhouse.com/docs/en/operations/settings/settings
 */
export const PINNED_SETTINGS = {
  do_not_merge_across_partitions_select_final: 1,
  use_skip_indexes_if_final: 1,
  use_skip_indexes_if_final_exact_mode: 1,
  /** A PREWHERE together with FINAL returns deleted rows. */
  optimize_move_to_prewhere_if_final: 0,
  /** An acknowledgement means that the rows are in the table (the server's default is 1 since 26.x). */
  async_insert: 0,
  input_format_skip_unknown_fields: 0,
  /** JSON numbers lose the low digits of 64 bits. */
  output_format_json_quote_64bit_integers: 1,
  session_timezone: 'UTC',
} as const satisfies CallSettings;

/** Over those, for what is read: times come in ISO 8601. */
export const ANSWER_SETTINGS = { date_time_output_format: 'iso' } as const satisfies CallSettings;

/** For another system's server, of unknown version: settings that every version has. */
export const FOREIGN_SETTINGS = { output_format_json_quote_64bit_integers: 1 } as const satisfies CallSettings;

/** Over the pinned ones, for inserts: a hostile batch may hold rows of every year; a failing materialized view must fail the insert. */
export const INSERT_SETTINGS = {
  throw_on_max_partitions_per_insert_block: 0,
  materialized_views_ignore_errors: 0,
  /** Replacing rows within the new part is left to merges and FINAL, which do it anyway: a tenth of an insert's CPU. */
  optimize_on_insert: 0,
} as const satisfies CallSettings;

/** Over the pinned ones, on a cluster: acknowledged rows are in the tables, and answers are those of all servers. */
export const CLUSTER_SETTINGS = {
  /** Else an insert is acknowledged when one server has queued it for the others. */
  distributed_foreground_insert: 1,
  /** Else a server that copies from table to table keeps what it has, wherever it belongs. */
  parallel_distributed_insert_select: 0,
  /** Else a subquery is refused, or sees the rows of the server that evaluates it. */
  distributed_product_mode: 'global',
  /** A shard that is away is an error: half a count is wrong. */
  skip_unavailable_shards: 0,
  /** Else a failing server sends its logs to the one that asked, which some failures end. */
  send_logs_level: 'none',
} as const satisfies CallSettings;

/** Over those, where each shard has replicas. */
export const REPLICATED_SETTINGS = {
  /** An insert is acknowledged when a majority of the replicas has its rows. */
  insert_quorum: 'auto',
  /** DDL waits for all servers as long as its caller does. */
  distributed_ddl_task_timeout: 86_400,
} as const satisfies CallSettings;

/**
 * Which calls go first in the engine. While a call of a smaller number runs, one of a greater number pauses before each block that it reads, for
 * `low_priority_query_wait_time_ms` at most: it becomes slow and never stops. A search reads some dozens of blocks while a person
 * waits, so its pauses are short. Calls without a priority don't pause, and others don't pause for them.
 */
export const PRIORITIES = {
  indexer: { priority: 1 },
  feeds: { priority: 2, low_priority_query_wait_time_ms: 20 },
  search: { priority: 3, low_priority_query_wait_time_ms: 5 },
  /** Background work, and the rest of a search that takes long. */
  background: { priority: 4, low_priority_query_wait_time_ms: 100 },
} as const satisfies Readonly<Record<string, CallSettings>>;

/** What one statement of a search may read, uncompressed: a month of the index, or some hours of all tokens. */
export const SEARCH_BUDGET = { max_bytes_to_read: 4_000_000_000 } as const satisfies CallSettings;

/** What a call adds: the server stops when the client gives up. */
export function timeLimit(timeoutMs: number): CallSettings {
  return { max_execution_time: Math.max(1, Math.ceil(timeoutMs / 1000)) };
}
