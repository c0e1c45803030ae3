import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { readCount } from '../clickhouse/read-value.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { MigrationError } from '../errors.ts';

/**
 * A lock in ClickHouse itself, which has no compare-and-set. A process that wants it inserts a claim, then reads all live claims:
 * it holds the lock when it sees only its own. Each inserts before it reads, so when two try at once the one that reads last sees the
 * other's claim, and at most one gets the lock. A process that sees another claim withdraws and tries again after a random while.
 * A claim lives 15 s by the server's clock and is renewed each 5 s, so a killed holder is out of the way soon.
 * It needs one server that reads its own writes: with replicas, run all migrations against the same one.
 */
export interface MigrationLock extends AsyncDisposable {
  /** @throws MigrationError when the claim could not be renewed in time: another may hold the lock now. */
  assertHeld(): void;
}

const CREATE = `CREATE TABLE IF NOT EXISTS schema_migrations_lock
(
    claim String,
    until DateTime64(3, 'UTC'),
    change UInt64
)
ENGINE = ReplacingMergeTree(change)
ORDER BY claim
TTL toDateTime(until) + INTERVAL 1 DAY`;

const LIFE_MS = 15_000;
const RENEW_MS = 5_000;
const RETRY_MS = 300;

export interface LockOptions {
  clickhouse: ClickHouse;
  waitMs: number;
  signal?: AbortSignal | undefined;
}

/** Waits for the lock, up to `waitMs`. Dispose it to give it back. */
export async function acquireLock({ clickhouse, waitMs, signal }: LockOptions): Promise<MigrationLock> {
  await clickhouse.command(CREATE);
  const claim = randomUUID();
  const deadline = Date.now() + waitMs;
  while (!(await tryClaim(clickhouse, claim))) {
    if (Date.now() > deadline)
      throw new MigrationError('another process is running migrations: try again when it is done');
    await delay(RETRY_MS * (0.5 + Math.random()), undefined, { signal });
  }
  return hold(clickhouse, claim);
}

async function tryClaim(clickhouse: ClickHouse, claim: string): Promise<boolean> {
  await setClaim(clickhouse, claim, LIFE_MS);
  const others = await readCount(
    clickhouse,
    'SELECT count() AS value FROM schema_migrations_lock FINAL WHERE until > now64(3) AND claim != {claim:String}',
    { claim },
  );
  if (others === 0) return true;
  await setClaim(clickhouse, claim, 0);
  return false;
}

function hold(clickhouse: ClickHouse, claim: string): MigrationLock {
  let heldUntil = Date.now() + LIFE_MS;
  let renewal = Promise.resolve();
  const timer = setInterval(() => {
    const asked = Date.now();
    renewal = setClaim(clickhouse, claim, LIFE_MS).then(
      () => {
        heldUntil = asked + LIFE_MS;
      },
      () => {}, // a lapse is found by assertHeld
    );
  }, RENEW_MS);
  return {
    assertHeld: () => {
      if (Date.now() > heldUntil - RENEW_MS)
        throw new MigrationError('the lock of the migrations was lost: ClickHouse did not answer in time');
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await renewal;
      await setClaim(clickhouse, claim, 0).catch(() => {}); // it ends by itself
    },
  };
}

/** The claim holds for `lifeMs` from now, by the server's clock; 0 gives it up. */
function setClaim(clickhouse: ClickHouse, claim: string, lifeMs: number): Promise<void> {
  return clickhouse.command(
    `INSERT INTO schema_migrations_lock (claim, until, change)
     SELECT {claim:String}, now64(3) + toIntervalMillisecond({lifeMs:UInt32}), toUnixTimestamp64Nano(now64(9))`,
    { claim, lifeMs },
    { timeoutMs: RENEW_MS },
  );
}
