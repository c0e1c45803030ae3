import {
  type ClickHouse,
  createCleanupJobStore,
  createProgressStore,
  healedGaps,
  ingestGaps,
  insertRows,
  type Redis,
  type RepoCleanupJobRow,
} from '@updraft/store';

/** What a stranger may put into any text of an event. */
export const HOSTILE = '<img src=x onerror=alert(1)>\u202e"</script>';
/** When the gaps of the store begin, in ms since 1970. */
export const OLD_MS = Date.UTC(2026, 0, 1);

/** Gaps that are open, being healed and healed; events that were set aside; clean-ups and other jobs. */
export async function fillForOperators(clickhouse: ClickHouse): Promise<void> {
  await Promise.all([
    writeGaps(clickhouse),
    writeRejected(clickhouse),
    writeCleanups(clickhouse),
    writeJobs(clickhouse),
  ]);
}

const [OPEN, HEALING, HEALED] = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [string, string, string];

async function writeGaps(clickhouse: ClickHouse): Promise<void> {
  const gaps = [OPEN, HEALING, HEALED].map((gapId, index) => {
    const fromTime = (OLD_MS + index * 1_000) * 1_000;
    const detail = gapId === HEALED ? '' : HOSTILE;
    return { gapId, host: 'wss://a.example', kind: 'possible', fromTime, toTime: fromTime + 500_000, detail };
  });
  await insertRows(clickhouse, ingestGaps, gaps);
  const { fromTime = 0, toTime = 0 } = gaps[2] ?? {};
  const healed = { gapId: HEALED, fromTime, toTime, source: 'the archive', numEvents: 12, healedAt: OLD_MS };
  await insertRows(clickhouse, healedGaps, [healed]);
  const progress = JSON.stringify({ last_seq_processed_at: '2026-01-01T00:00:01Z', host: 'wss://gone.example' });
  await clickhouse.command(
    `INSERT INTO ingest_progress (stream, progress_json, last_seq, version)
     VALUES ('live', {progress:String}, {lastSeq:UInt64}, 1)`,
    { progress, lastSeq: OLD_MS * 1_000 },
  );
}

/** 45 of one reason, three hostile ones, and one that is older than a day. */
async function writeRejected(clickhouse: ClickHouse): Promise<void> {
  const columns = 'event_hash, reason, detail, did, kind, collection, event, event_bytes, ingest_at';
  await clickhouse.command(
    `INSERT INTO rejected_events (${columns})
     SELECT lower(leftPad(hex(number), 32, '0')), 'many', '', '', 'commit', '', toString(number) AS event, length(event), now64(3) - INTERVAL 1 HOUR + number
     FROM numbers(45)`,
  );
  // A replay brings two of them again.
  await clickhouse.command(
    `INSERT INTO rejected_events (${columns}) SELECT ${columns} FROM rejected_events WHERE reason = 'many' ORDER BY ingest_at LIMIT 2`,
  );
  const hostile = `'hostile', {hostile:String}, {hostile:String}, {hostile:String}, {hostile:String}, {hostile:String}`;
  await clickhouse.command(
    `INSERT INTO rejected_events (${columns})
     SELECT repeat('a', 32), ${hostile}, length({hostile:String}), now64(3) - 3
     UNION ALL SELECT repeat('b', 32), 'hostile', '', '', '', '', concat('x', repeat('é', 50000)) AS event, length(event), now64(3) - 2
     UNION ALL SELECT repeat('c', 32), 'hostile', unhex('FF'), '', '', '', unhex('61FF620063') AS event, length(event), now64(3) - 1
     UNION ALL SELECT repeat('d', 32), 'old', '', '', '', '', '{"old":true}' AS event, length(event), now64(3) - INTERVAL 2 DAY`,
    { hostile: HOSTILE },
  );
}

async function writeCleanups(clickhouse: ClickHouse): Promise<void> {
  const jobs = createCleanupJobStore(clickhouse);
  await jobs.save(
    cleanup({ jobId: 'failed', jobState: 'failed', stateReason: 'the account is gone', updatedAt: OLD_MS + 9 }),
  );
  await jobs.save(cleanup({ jobId: 'running', refreshToken: 'a-token', claimed: ['x/1', 'x/2'] }));
  await jobs.saveSecret('running', 'a-hash', OLD_MS * 1_000);
}

function cleanup(more: Partial<RepoCleanupJobRow>): RepoCleanupJobRow {
  return {
    jobId: '',
    repo: 'did:plc:owner',
    cleanupTypes: ['post'],
    deleteOlderThan: OLD_MS,
    keepJson: '',
    keptJson: '{}',
    refreshToken: '',
    numDeleted: 4,
    numDeletedToday: 0,
    pointsHour: 0,
    pointsToday: 0,
    today: 0,
    hourStartedAt: 0,
    estNumRemaining: 10,
    jobState: 'running',
    stateReason: '',
    numFailures: 0,
    inFlight: [],
    claimed: [],
    setAsideJson: '[]',
    writesPerCall: 0,
    nextRunAt: OLD_MS,
    createdAt: OLD_MS,
    updatedAt: OLD_MS,
    lastDeletedAt: 0,
    version: 1,
    ...more,
  };
}

async function writeJobs(clickhouse: ClickHouse): Promise<void> {
  const progress = createProgressStore(clickhouse);
  const nowMicros = Date.now() * 1_000;
  const jobs: readonly (readonly [name: string, progress: object])[] = [
    [`gap:${HEALING}`, { source: 'the archive', fromTime: 0, mark: 1, events: 7 }],
    ['list_repos:pds.example', { startedAtMs: OLD_MS, pages: 3 }],
    ['account:did:plc:viewer', { rev: '3l', records: 1_200 }],
    ['account:did:plc:viewer2', { reason: 'it has no repository' }],
    ['asked:did:plc:viewer3', {}],
    ['something new', { of: 'a later version' }],
  ];
  for (const [name, done] of jobs) await progress.save(name, done, nowMicros);
}

/** What is no announcement, where announcements are. */
export async function writeGarbage(redis: Redis, prefix: string): Promise<void> {
  const time = { name: 'mad', instance: 'mad-1', version: '', commit: '', startedAt: 0, facts: {} };
  const builds = [{ feed: 'mad', builtAt: Number.MAX_SAFE_INTEGER, posts: 1 }];
  const values = [
    JSON.stringify({ ...time, builds }),
    '',
    'no json',
    '{}',
    '[]',
    JSON.stringify({ name: 5 }),
    `{"name":"${'x'.repeat(300_000)}"}`,
  ];
  for (const [index, value] of values.entries()) {
    await redis.zadd(`${prefix}:services`, Date.now(), `garbage:${index}`);
    await redis.set(`${prefix}:service:garbage:${index}`, value, 'EX', 60);
  }
  await redis.zadd(`${prefix}:services`, Date.now(), 'garbage:gone', Date.now(), 'garbage:list');
  await redis.rpush(`${prefix}:service:garbage:list`, 'x');
}
