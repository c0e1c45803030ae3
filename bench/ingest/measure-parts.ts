import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateUp } from '@updraft/store';
import type { Databases } from '../../tests/world/databases.ts';
import { cpuSeconds } from '../../tests/world/process-figures.ts';
import { readAll } from '../../tests/world/table-reader.ts';
import { startProgram } from '../shared/programs.ts';
import { untilMerged } from '../shared/until-merged.ts';
import type { Player } from './player.ts';

interface Figures {
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly events: number;
}

/** CPU-seconds an event of receiving and making rows, over the first `events` of the stream. */
export async function measureReceiving(player: Player, events: number): Promise<number> {
  const figures = await receive(player, events);
  return figures.cpuSeconds / figures.events;
}

/**
 * CPU-seconds an event of inserting encoded rows: the sender's and ClickHouse's, until its merges have come to rest. The rows go into a
 * database of their own, which is dropped afterwards.
 */
export async function measureInserting(player: Player, databases: Databases, events: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'updraft-bench-blocks-'));
  const { url, pid, connection, env } = databases.clickhouse;
  const database = 'bench_insert';
  try {
    const { events: recorded } = await receive(player, events, folder);
    const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    await migrateUp({ connection: { ...connection, database }, log: silent });
    await using program = startProgram('bench/ingest/insert-only.ts', [database, folder], env);
    await program.line();
    const before = cpuSeconds(pid);
    program.say('begin');
    const sender = JSON.parse(await program.line()) as Figures;
    await untilMerged(url);
    return (sender.cpuSeconds + cpuSeconds(pid) - before) / recorded;
  } finally {
    await rm(folder, { recursive: true });
    await readAll(url, `DROP DATABASE IF EXISTS ${database} SYNC`);
  }
}

async function receive(player: Player, events: number, folder?: string): Promise<Figures> {
  const last = String(Math.min(player.lastSeq, player.firstSeq + events - 1));
  await using program = startProgram('bench/ingest/receive-only.ts', [
    player.url,
    player.since,
    last,
    ...(folder === undefined ? [] : [folder]),
  ]);
  return JSON.parse(await program.line()) as Figures;
}
