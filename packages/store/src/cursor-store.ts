import type { Redis } from 'ioredis';
import type { ClickHouse } from './clickhouse/types.ts';
import { SetupStoreError } from './errors.ts';
import type { StoreLog } from './log.ts';
import { formatProgress, type Progress, parseProgress } from './progress.ts';
import { redisError } from './redis.ts';

export interface CursorStore {
  /**
   * Where to go on; undefined for a new store.
   * - Both have a progress of ours: the earlier counts. A replay changes nothing, a leap loses events.
   * - Redis has lost it, or holds what nobody can read: ClickHouse's copy.
   * - ClickHouse has none: it is a new store (or one that was wiped), and a progress of ours in Redis speaks of rows that are
   *   not there: it is not believed.
   * - ClickHouse has none and Redis holds the original's `{last_seq, last_seq_processed_at}`: that is believed. It says nothing of
   *   this ClickHouse, whose tables the original never wrote, but where the original stopped; a new store would begin at the
   *   live tip, later still, so nothing is lost by it and the time since is won.
   * @throws StoreError when either can't be asked.
   */
  load(): Promise<Progress | undefined>;
  /**
   * Call only after every row of every event up to it is acknowledged. ClickHouse first, then Redis; a Redis that can't be
   * reached is logged and not waited for, since the copy stands and the earlier of the two counts.
   * @throws StoreError when ClickHouse can't be written.
   */
  save(progress: Progress): Promise<void>;
}

export interface CursorStoreOptions {
  redis: Redis;
  clickhouse: ClickHouse;
  /** REDIS_PREFIX: the key is `{prefix}:progress`, as in the original. */
  prefix: string;
  log: StoreLog;
  /** Called in save() when ClickHouse has the progress and Redis has not. */
  onProgressWritten?: () => void;
}

export function createCursorStore({
  redis,
  clickhouse,
  prefix,
  log,
  onProgressWritten,
}: CursorStoreOptions): CursorStore {
  const key = redis.options.keyPrefix ? 'progress' : `${prefix}:progress`;
  let redisFailed = false;
  return {
    load: async () => {
      const copy = await loadCopy(clickhouse, prefix);
      const text = await redis.get(key).catch((error: unknown) => {
        throw redisError(error, redis);
      });
      const found = text === null ? undefined : parseProgress(text);
      if (text !== null && found === undefined)
        log.warn({ key }, 'the progress in Redis is unreadable: ClickHouse has the say');
      if (copy === undefined) return fromRedisAlone(found, log);
      return found !== undefined && found.progress.lastSeq < copy.lastSeq ? found.progress : copy;
    },
    save: async (progress) => {
      const text = formatProgress(progress);
      await saveCopy(clickhouse, prefix, progress.lastSeq, text);
      onProgressWritten?.();
      // Known to be away: the client goes on trying to connect, nobody waits for it.
      if (redisFailed && redis.status !== 'ready') return;
      try {
        await redis.set(key, text);
        if (redisFailed) log.info({ key }, 'the progress is saved in Redis again');
        redisFailed = false;
      } catch (error) {
        if (!redisFailed) log.warn({ key, err: redisError(error, redis) }, 'the progress is saved in ClickHouse only');
        redisFailed = true;
      }
    },
  };
}

function fromRedisAlone(found: ReturnType<typeof parseProgress>, log: StoreLog): Progress | undefined {
  if (found === undefined) return undefined;
  const { progress, isOurs } = found;
  if (isOurs) {
    log.warn({ lastSeq: progress.lastSeq }, 'ClickHouse is a new store: the progress in Redis is not believed');
    return undefined;
  }
  log.info({ lastSeq: progress.lastSeq }, 'going on where the original stopped');
  return progress;
}

async function loadCopy(clickhouse: ClickHouse, prefix: string): Promise<Progress | undefined> {
  const [row] = await clickhouse.query<{ progress_json: string }>(
    'SELECT progress_json FROM ingest_progress FINAL WHERE stream = {stream:String}',
    { stream: prefix },
  );
  if (row === undefined) return undefined;
  const copy = parseProgress(row.progress_json);
  if (copy === undefined)
    throw new SetupStoreError(`ingest_progress holds no progress for '${prefix}': ${row.progress_json.slice(0, 200)}`);
  return copy.progress;
}

function saveCopy(clickhouse: ClickHouse, prefix: string, lastSeq: number, text: string): Promise<void> {
  return clickhouse.command(
    `INSERT INTO ingest_progress (stream, progress_json, last_seq, version)
     SELECT {stream:String}, {text:String}, {lastSeq:UInt64}, toUnixTimestamp64Micro(now64(6))`,
    { stream: prefix, text, lastSeq },
  );
}
