import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorld } from '@updraft/simulator';
import { ACTS, type Act } from './acts.ts';
import { V2_ACTS } from './acts-v2.ts';
import { compareWithTruth, countRows, type Difference } from './compare.ts';
import { startDatabases } from './databases.ts';
import { createDice } from './dice.ts';
import { startShardedDatabases } from './sharded-databases.ts';
import { addressOf, type Protocol, REDIS_PREFIX, type Stage, startStage } from './stage.ts';
import { readAll } from './table-reader.ts';

export interface VerifyOptions {
  readonly seed: number;
  readonly events: number;
  /** With v2 repositories diverge, and the hosts change between v1 and v2 as well; default v1. */
  readonly protocol?: Protocol;
  /** What happens, in an order that the seed determines; further kills are added until there are enough. */
  readonly acts?: readonly Act[];
  readonly minKills?: number;
  readonly accounts?: number;
  readonly hostile?: number;
  /** Servers of ClickHouse that are one cluster; default: one server. */
  readonly shards?: number;
  readonly onProgress?: (line: string) => void;
}

export interface Verdict {
  readonly seed: number;
  readonly events: number;
  readonly kills: number;
  /** Servers of ClickHouse that ended by a fault of their own, and were started again. */
  readonly aborts: number;
  /** Rows missing, too many, and with wrong values: after the kills, and after each of two replays, added up. */
  readonly lost: number;
  readonly doubled: number;
  readonly mismatched: number;
  readonly rejected: number;
  /** Accounts whose repository was replaced, and those at which a retry made the server forget newer commits. */
  readonly synced: number;
  readonly retried: number;
  /** Gaps that the indexer suspected, though there were none; but for stretches that a server numbered anew. */
  readonly gaps: number;
  /** The first differences in words. */
  readonly examples: readonly string[];
}

/**
 * Lets the indexer read a hostile world while it, ClickHouse and Redis are killed, hosts fail and change, and Redis is emptied; then
 * compares every table with the world's truth, row for row; then replays the whole stream twice more, from either host, and compares
 * again. With v2 a third replay is by v1, which tells less and must change nothing. Everything runs in a folder of its own, which is removed when all was well.
 */
export async function verifyWorld(options: VerifyOptions): Promise<Verdict> {
  const { seed, events, protocol = 'v1', minKills = 0, onProgress = () => {} } = options;
  const dice = createDice(seed);
  const acts = castActs(dice, options.acts ?? (protocol === 'v2' ? [...ACTS, ...V2_ACTS] : ACTS), minKills);
  const world = createWorld({
    seed,
    accounts: options.accounts ?? 2_000,
    hostile: options.hostile ?? 0.5,
    divergence: protocol === 'v2' ? DIVERGENCE : 0,
    eventsPerDay: events,
  });
  const folder = await mkdtemp(join(tmpdir(), 'updraft-verify-'));
  let verdict: Verdict;
  {
    const { shards = 1 } = options;
    await using stage = await startStage({
      databases: shards > 1 ? await startShardedDatabases(folder, shards) : await startDatabases(folder),
      world,
      folder,
      stretch: Math.floor(events / (acts.length + 1)),
      protocol,
      random: dice,
    });
    stage.startIndexer();
    await stage.flow();
    for (const [number, act] of acts.entries()) {
      const startedAt = Date.now();
      await act.play(stage);
      onProgress(`${number + 1}/${acts.length} ${act.name}: ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`);
    }
    if (protocol === 'v2') {
      // The last event must be one that v1 shows, too, since a replay by v1 ends when it has come.
      stage.diverge(false);
      await stage.flow();
    }
    // An indexer that was killed with a batch in flight has its successor read it again: not before that is the truth to be asked for.
    await stage.caughtUp(stage.hosts[0]);
    await stage.indexer().stop();
    const differences = [await judge(stage, 'after the kills', onProgress)];
    for (const [number, host, by] of replaysOf(stage, protocol)) {
      const counts = await countRows(stage.databases.clickhouse.url);
      await replay(stage, number, addressOf(host, by));
      const again = await judge(
        stage,
        `after the replay from host ${number + 1} by ${by} (${host.status().sent} events sent)`,
        onProgress,
      );
      differences.push(again, sameCounts(counts, await countRows(stage.databases.clickhouse.url)));
    }
    verdict = await conclude(stage, options, acts, differences);
  }
  if (isSound(verdict)) await rm(folder, { recursive: true, force: true });
  else onProgress(`what is left of it is in ${folder}`);
  return verdict;
}

/** How often a repository diverges: in a stretch of a few thousand events, several do. */
const DIVERGENCE = 0.5;

function replaysOf({ hosts: [first, second] }: Stage, protocol: Protocol) {
  const each = [[0, first, protocol] as const, [1, second, protocol] as const];
  return protocol === 'v2' ? [...each, [0, first, 'v1'] as const] : each;
}

/** Whether the tables are as the truth says. */
export function isSound(verdict: Pick<Verdict, 'lost' | 'doubled' | 'mismatched' | 'gaps'>): boolean {
  const { lost, doubled, mismatched, gaps } = verdict;
  return lost + doubled + mismatched + gaps === 0;
}

/** The acts in a random order, and more kills at random moments until there are enough. */
function castActs(dice: (below: number) => number, acts: readonly Act[], minKills: number): Act[] {
  const cast = [...acts];
  const lethal = acts.filter(({ kills }) => kills > 0);
  while (cast.reduce((kills, act) => kills + act.kills, 0) < minKills) cast.push(lethal[dice(lethal.length)] as Act);
  return cast
    .map((act) => ({ act, order: dice(1_000_000) }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ act }) => act);
}

async function judge(stage: Stage, when: string, onProgress: (line: string) => void): Promise<Difference> {
  const difference = await compareWithTruth(stage.databases.clickhouse.url, stage.truth);
  const unequal = stage.serverTruth?.differsFrom(stage.truth) ?? [];
  difference.mismatched += unequal.length;
  difference.examples.push(...unequal.slice(0, 5).map((uri) => `the folds by rev and by seq differ: ${uri}`));
  onProgress(`${when}: lost ${difference.lost}, doubled ${difference.doubled}, mismatched ${difference.mismatched}`);
  for (const example of difference.examples) onProgress(`  ${example}`);
  return difference;
}

/** Reads the whole stream once more into the same tables, as if nothing had been read before. */
async function replay(stage: Stage, hostNumber: number, address: string): Promise<void> {
  for (const [number, other] of stage.hosts.entries()) other.setWeather({ unavailable: number !== hostNumber });
  const host = stage.hosts[hostNumber] ?? stage.hosts[0];
  await stage.databases.flushRedis();
  await stage.databases.forgetProgress();
  stage.startIndexer({ WS_URL: address, REDIS_PREFIX, BATCH_MAX_ROWS: '20000', FLUSH_INTERVAL: '500ms' });
  await stage.caughtUp(host);
  await stage.indexer().stop();
}

function sameCounts(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): Difference {
  const changed = Object.keys(before).filter((table) => before[table] !== after[table]);
  return {
    lost: 0,
    doubled: changed.length,
    mismatched: 0,
    examples: changed.map((table) => `${table}: ${before[table]} rows became ${after[table]} by a replay`),
  };
}

const SELECT_GAPS =
  'SELECT detail, toUnixTimestamp64Micro(from_time) AS from, toUnixTimestamp64Micro(to_time) AS to FROM ingest_gaps FINAL';

async function conclude(
  stage: Stage,
  { seed }: VerifyOptions,
  acts: readonly Act[],
  differences: readonly Difference[],
): Promise<Verdict> {
  const suspected = await readAll(stage.databases.clickhouse.url, SELECT_GAPS);
  const isOfSetBack = ({ from, to }: Record<string, unknown>) =>
    stage.setBacks.some(({ fromMicros, toMicros }) => Number(from) <= toMicros && Number(to) >= fromMicros);
  const gaps = suspected.filter((gap) => !isOfSetBack(gap));
  const sum = (of: (difference: Difference) => number) =>
    differences.reduce((total, difference) => total + of(difference), 0);
  return {
    seed,
    events: stage.hosts[0].log.nextSeq - 1,
    kills: acts.reduce((kills, act) => kills + act.kills, 0),
    aborts: stage.databases.aborts(),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    mismatched: sum(({ mismatched }) => mismatched),
    rejected: stage.truth.rejected.size,
    synced: stage.truth.syncs.size,
    retried: stage.serverTruth?.retried.size ?? 0,
    gaps: gaps.length,
    examples: [
      ...differences.flatMap(({ examples }) => examples),
      ...gaps.map(({ detail }) => `gap: ${String(detail)}`),
    ].slice(0, 50),
  };
}
