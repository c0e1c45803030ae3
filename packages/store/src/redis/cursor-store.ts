import type { Redis } from 'ioredis';
import type { ClickHouse } from '../clickhouse/types.ts';
import type { StoreLog } from '../log.ts';
import { readProgress, readProgressVersion, writeProgress } from '../tables/ingest-progress.ts';
import { fenceKey, LeaseLostError } from './lease.ts';
import { formatProgress, type Progress, parseProgress, type StoredProgress } from './progress.ts';

export interface CursorStore {
  /**
   * Where to go on; undefined for a new store.
   * - Both have a progress of ours: the earlier counts. A replay changes nothing; a skipped stretch loses events.
   * - Redis has lost it, or has something unreadable: ClickHouse's copy.
   * - ClickHouse has none: the store is new (or was wiped). A progress of ours in Redis is about rows that are not there, so it is
   *   ignored.
   * - ClickHouse has none and Redis has the original's `{last_seq, last_seq_processed_at}`: that counts. It says where the original
   *   stopped. A new store would begin later still, at the live tip.
   * @throws StoreError when either can't be asked.
   */
  load(): Promise<Progress | undefined>;
  /**
   * Call only after every row of every event up to it is acknowledged. Writes ClickHouse first, then Redis. When Redis can't be
   * reached, that is logged and not waited for: ClickHouse has the copy, and the earlier of the two counts. Resolves with whether Redis
   * has it too.
   * @throws StoreError when ClickHouse can't be written; LeaseLostError when a later lease was granted: this save then has no effect.
   */
  save(progress: Progress): Promise<boolean>;
  /** The version of the copy in ClickHouse, 0 for a new store: the fence of a new lease must be above it. */
  version(): Promise<number>;
  /**
   * Saves in the name of a lease from now on. Stores the present progress again under the lease's fence at once, so that an earlier holder
   * that wakes up after a pause can't change it.
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
  const { clickhouse, prefix, log, onProgressWritten } = options;
  const inRedis = createRedisProgress(options);
  let fence: number | undefined;
  let saves = 0;

  async function load(): Promise<Progress | undefined> {
    const copy = await readProgress(clickhouse, prefix);
    const found = await inRedis.load();
    if (copy === undefined) return fromRedisAlone(found, log);
    return found !== undefined && found.progress.lastSeq < copy.lastSeq ? found.progress : copy;
  }

  return {
    load,
    save: async (progress) => {
      await writeProgress(clickhouse, prefix, progress, fence === undefined ? undefined : fence + ++saves);
      onProgressWritten?.();
      return await inRedis.trySave(progress, fence);
    },
    version: () => readProgressVersion(clickhouse, prefix),
    takeOver: async (newFence) => {
      const progress = await load();
      fence = newFence;
      saves = 0;
      if (progress === undefined) return;
      await writeProgress(clickhouse, prefix, progress, fence);
      await inRedis.save(progress, fence);
    },
  };
}

/** The progress in Redis, in the name of a lease once there is a fence. */
function createRedisProgress({ redis, prefix, log, leaseKey = '' }: CursorStoreOptions) {
  const key = `${prefix}:progress`;
  let hasFailed = false;

  async function load(): Promise<StoredProgress | undefined> {
    const text = await redis.get(key);
    const found = text === null ? undefined : parseProgress(text);
    if (text !== null && found === undefined)
      log.warn({ key }, "the progress in Redis is unreadable: ClickHouse's copy counts");
    return found;
  }

  /** @throws LeaseLostError when a later lease was granted. */
  async function save(progress: Progress, fence: number | undefined): Promise<void> {
    const text = formatProgress(progress);
    if (fence === undefined) await redis.set(key, text);
    else if ((await redis.eval(SET_FENCED, 2, key, fenceKey(leaseKey), text, fence)) === 0)
      throw new LeaseLostError('the cursor is saved by another indexer now');
  }

  /** Logs that Redis can't be reached, once, and that it can again; gives whether it is saved. @throws LeaseLostError as save() does. */
  async function trySave(progress: Progress, fence: number | undefined): Promise<boolean> {
    // While Redis is known to be away, its client goes on trying to connect and nobody waits for it.
    if (hasFailed && redis.status !== 'ready') return false;
    try {
      await save(progress, fence);
      if (hasFailed) log.info({ key }, 'the progress is saved in Redis again');
      hasFailed = false;
      return true;
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      if (!hasFailed) log.warn({ key, err: error }, 'the progress is saved in ClickHouse only');
      hasFailed = true;
      return false;
    }
  }

  return { load, save, trySave };
}

/** Sets the progress unless a later lease was granted. */
const SET_FENCED = `
if tonumber(redis.call('GET', KEYS[2]) or '0') > tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1`;

function fromRedisAlone(found: StoredProgress | undefined, log: StoreLog): Progress | undefined {
  if (found === undefined) return undefined;
  const { progress, isOurs } = found;
  if (isOurs) {
    log.warn({ lastSeq: progress.lastSeq }, 'ClickHouse is a new store: the progress in Redis is ignored');
    return undefined;
  }
  log.info({ lastSeq: progress.lastSeq }, 'going on where the original stopped');
  return progress;
}
