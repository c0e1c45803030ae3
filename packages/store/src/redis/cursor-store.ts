import type { Redis } from 'ioredis';
import { readCount, readValue } from '../clickhouse/read-value.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { SetupStoreError } from '../errors.ts';
import type { StoreLog } from '../log.ts';
import { string } from '../row-binary/codecs.ts';
import { redisError } from './client.ts';
import { fenceKey, LeaseLostError } from './lease.ts';
import { formatProgress, type Progress, parseProgress } from './progress.ts';

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
   * @throws StoreError when ClickHouse can't be written; LeaseLostError when a later lease was granted: then nothing changes that counts.
   */
  save(progress: Progress): Promise<void>;
  /** The version of the copy in ClickHouse, 0 for a new store: the fence of a new lease must be above it. */
  version(): Promise<number>;
  /**
   * Saves from now on in the name of a lease. What is stored is stored again under its fence at once, so that an earlier holder that wakes
   * up after a pause can change it no more, whatever it saves.
   * @throws StoreError when either can't be asked or written.
   */
  takeOver(fence: number): Promise<void>;
}

export interface CursorStoreOptions {
  redis: Redis;
  clickhouse: ClickHouse;
  /** REDIS_PREFIX: the key is `{prefix}:progress`, as in the original. */
  prefix: string;
  log: StoreLog;
  /** Key of the lease in whose name the cursor is saved, see takeOver(). */
  leaseKey?: string;
  /** Called in save() when ClickHouse has the progress and Redis has not. */
  onProgressWritten?: () => void;
}

export function createCursorStore(options: CursorStoreOptions): CursorStore {
  const { redis, clickhouse, prefix, log, leaseKey = '', onProgressWritten } = options;
  const key = redis.options.keyPrefix ? 'progress' : `${prefix}:progress`;
  let redisFailed = false;
  let fence: number | undefined;
  let saves = 0;

  async function load(): Promise<Progress | undefined> {
    const copy = await loadCopy(clickhouse, prefix);
    const text = await redis.get(key).catch((error: unknown) => {
      throw redisError(error, redis);
    });
    const found = text === null ? undefined : parseProgress(text);
    if (text !== null && found === undefined)
      log.warn({ key }, 'the progress in Redis is unreadable: ClickHouse has the say');
    if (copy === undefined) return fromRedisAlone(found, log);
    return found !== undefined && found.progress.lastSeq < copy.lastSeq ? found.progress : copy;
  }

  async function saveInRedis(text: string): Promise<void> {
    if (fence === undefined) await redis.set(key, text);
    else if ((await redis.eval(SET_FENCED, 2, key, fenceKey(leaseKey), text, fence)) === 0)
      throw new LeaseLostError('the cursor is saved by another indexer now');
  }

  return {
    load,
    save: async (progress) => {
      const text = formatProgress(progress);
      await saveCopy(clickhouse, prefix, progress.lastSeq, text, fence === undefined ? undefined : fence + ++saves);
      onProgressWritten?.();
      // Known to be away: the client goes on trying to connect, nobody waits for it.
      if (redisFailed && redis.status !== 'ready') return;
      try {
        await saveInRedis(text);
        if (redisFailed) log.info({ key }, 'the progress is saved in Redis again');
        redisFailed = false;
      } catch (error) {
        if (error instanceof LeaseLostError) throw error;
        if (!redisFailed) log.warn({ key, err: redisError(error, redis) }, 'the progress is saved in ClickHouse only');
        redisFailed = true;
      }
    },
    version: () => copyVersion(clickhouse, prefix),
    takeOver: async (newFence) => {
      const progress = await load();
      fence = newFence;
      saves = 0;
      if (progress === undefined) return;
      const text = formatProgress(progress);
      await saveCopy(clickhouse, prefix, progress.lastSeq, text, fence);
      await saveInRedis(text).catch((error: unknown) => {
        throw error instanceof LeaseLostError ? error : redisError(error, redis);
      });
    },
  };
}

/** Sets the progress unless a later lease was granted. */
const SET_FENCED = `
if tonumber(redis.call('GET', KEYS[2]) or '0') > tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1`;

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
  const sql = 'SELECT progress_json AS value FROM ingest_progress FINAL WHERE stream = {stream:String}';
  const json = await readValue(clickhouse, string, sql, { stream: prefix });
  if (json === undefined) return undefined;
  const copy = parseProgress(json);
  if (copy === undefined)
    throw new SetupStoreError(`ingest_progress holds no progress for '${prefix}': ${json.slice(0, 200)}`);
  return copy.progress;
}

function copyVersion(clickhouse: ClickHouse, prefix: string): Promise<number> {
  const sql = 'SELECT max(version) AS value FROM ingest_progress WHERE stream = {stream:String}';
  return readCount(clickhouse, sql, { stream: prefix });
}

/** The latest version is the one that counts: a fence and the number of saves in its name, or the time. */
function saveCopy(
  clickhouse: ClickHouse,
  prefix: string,
  lastSeq: number,
  text: string,
  version: number | undefined,
): Promise<void> {
  return clickhouse.command(
    `INSERT INTO ingest_progress (stream, progress_json, last_seq, version)
     SELECT {stream:String}, {text:String}, {lastSeq:UInt64}, if({version:UInt64} = 0, toUInt64(toUnixTimestamp64Micro(now64(6))), {version:UInt64})`,
    { stream: prefix, text, lastSeq, version: version ?? 0 },
  );
}
