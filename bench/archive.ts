import { join } from 'node:path';
import { migrateUp } from '@updraft/store';
import { readNumbers } from '../tests/world/command-line.ts';
import type { Databases } from '../tests/world/databases.ts';
import { runBackfill } from './archive/run-backfill.ts';
import { type Player, startPlayer } from './ingest/player.ts';
import { ingest } from './ingest/run-indexer.ts';
import { round } from './shared/figures.ts';
import { untilMerged } from './shared/until-merged.ts';
import { say, withDatabases } from './shared/with-databases.ts';

const { events, accounts, seed } = readNumbers(
  `pnpm bench archive [--events 2000000] [--accounts 100000] [--seed 1]
  The same events out of the simulator's archive, by pnpm backfill, and live, by the indexer; everything on this machine.`,
  { events: 2_000_000, accounts: 100_000, seed: 1 },
);

await withDatabases('archive', async (databases, folder) => {
  say(`generating and sealing ${events.toLocaleString('en')} events of ${accounts} accounts …`);
  await using player = await startPlayer(events, accounts, seed, { archive: true });
  const { rows, seconds, rssMb, cpu } = await runBackfill(player, databases, join(folder, 'segments'));
  const perEvent = (spent: number, count: number) => `${((spent / count) * 1e6).toFixed(2)} µs CPU an event`;
  say(`archive: ${rows} events in ${seconds} s; ${perEvent(cpu.backfill, rows)} in Node with its threads`);
  say(`         ${perEvent(cpu.clickhouse, rows)} in ClickHouse`);
  await untilMerged(databases.clickhouse.url);
  const live = await ingestElsewhere(player, databases, folder);
  say(`live: ${events} events in ${live.seconds.toFixed(1)} s; ${perEvent(live.cpu.indexer, events)} in Node`);
  return {
    eventsPerSecond: round(rows / seconds),
    liveEventsPerSecond: round(events / live.seconds),
    rssMb,
  };
});

/** Into a database of its own, so that both begin with empty tables. */
async function ingestElsewhere(player: Player, databases: Databases, folder: string) {
  const { clickhouse } = databases;
  const database = 'bench_live';
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  await migrateUp({ connection: { ...clickhouse.connection, database }, log: silent });
  const env = { ...clickhouse.env, CLICKHOUSE_DATABASE: database };
  const { pid, url, connection, kill, revive } = clickhouse;
  return await ingest(player, { ...databases, clickhouse: { pid, url, connection, kill, revive, env } }, folder);
}
