import { quoteName } from '../clickhouse/quote.ts';
import { readCount, readValue } from '../clickhouse/read-value.ts';
import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import type { StoreLog } from '../log.ts';
import { dateTime64Ms } from '../row-binary/codecs.ts';

/**
 * The version below which nothing of an account shows, as SQL of its did_key; 0 when nothing is hidden. A record shows
 * while `version > ${hiddenBelow('did_key')}`. See migration 0005 for the two dictionaries. Each server of a cluster has them, where the
 * query was asked: there it runs in another database.
 */
export function hiddenBelow(didKey: string): string {
  const dictionary = (name: string) => `concat(currentDatabase(), '.${name}')`;
  const [recent, all] = [dictionary('hidden_recent'), dictionary('hidden')];
  return `dictGetOrDefault(${recent}, 'hidden_below', ${didKey}, dictGet(${all}, 'hidden_below', ${didKey}))`;
}

/** The row is of an account that shows. What the account wrote before a deletion stays hidden. For tables read with FINAL. */
export const isVisible = `version > ${hiddenBelow('did_key')}`;

/** Keeps the dictionaries in step with actor_status. */
export interface HiddenActors {
  /** Resolves when every reader sees what was written to actor_status before. */
  refresh(options?: CallOptions): Promise<void>;
  /** Moves what has changed into the big dictionary (seconds for millions of accounts), so that `refresh` stays quick. */
  fold(options?: CallOptions): Promise<void>;
}

export interface HiddenActorsOptions {
  clickhouse: ClickHouse;
  log: StoreLog;
  /** Fold when this many accounts have changed; default 50,000, whose refresh takes 50 ms. */
  foldAbove?: number;
}

const FOLD_ABOVE = 50_000;
const MIN_FOLD_INTERVAL_MS = 300_000;
const FOLD_TIMEOUT_MS = 600_000;
/** ingest_at is stamped when an insert begins, and it shows when it ends: this is longer than any insert may take. */
const FOLD_MARGIN_S = 120;

export function createHiddenActors({ clickhouse, log, foldAbove = FOLD_ABOVE }: HiddenActorsOptions): HiddenActors {
  const reload = (dictionary: string, options: CallOptions) =>
    clickhouse.onEachServer(
      (onCluster) => `SYSTEM RELOAD DICTIONARY ${quoteName(clickhouse.database)}.${dictionary}${onCluster}`,
      {},
      options,
    );
  let lastFoldMs = Number.NEGATIVE_INFINITY;
  const fold = async (options: CallOptions = {}) => {
    const foldedAt = await readValue(clickhouse, dateTime64Ms, SELECT_FOLD_TIME, {}, options);
    await reload('hidden', { ...options, timeoutMs: FOLD_TIMEOUT_MS });
    await clickhouse.command(INSERT_FOLD, { foldedAt }, options);
    await reload('hidden_recent', options);
  };
  const foldWhenGrown = async (options: CallOptions) => {
    if (performance.now() - lastFoldMs < MIN_FOLD_INTERVAL_MS) return;
    if ((await readCount(clickhouse, SELECT_NUM_CHANGED, {}, options)) < foldAbove) return;
    lastFoldMs = performance.now();
    // Not awaited: until the fold is done hidden_recent has the same accounts, only more slowly.
    fold(options).catch((error: unknown) =>
      log.warn({ err: error }, 'the dictionary of hidden accounts could not be folded'),
    );
  };
  return {
    fold,
    refresh: async (options = {}) => {
      await reload('hidden_recent', options);
      await foldWhenGrown(options);
    },
  };
}

const SELECT_FOLD_TIME = `SELECT now64(3, 'UTC') - ${FOLD_MARGIN_S} AS value`;
const INSERT_FOLD = "INSERT INTO hidden_folds (folded_at) SELECT fromUnixTimestamp64Milli({foldedAt:Int64}, 'UTC')";
const SELECT_NUM_CHANGED =
  "SELECT element_count AS value FROM system.dictionaries WHERE database = currentDatabase() AND name = 'hidden_recent'";
