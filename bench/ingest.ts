import { availableParallelism } from 'node:os';
import { readNumbers } from '../tests/world/command-line.ts';
import { measureInserting, measureReceiving } from './ingest/measure-parts.ts';
import { measurePlayer, startPlayer } from './ingest/player.ts';
import { ingest } from './ingest/run-indexer.ts';
import { measureSizes } from './ingest/sizes.ts';
import { round } from './shared/figures.ts';
import { untilMerged } from './shared/until-merged.ts';
import { say, withDatabases } from './shared/with-databases.ts';

const { events, accounts, seed } = readNumbers(
  `pnpm bench ingest [--events 5000000] [--accounts 200000] [--seed 1]
  A stream read as fast as possible, everything on this machine.`,
  { events: 5_000_000, accounts: 200_000, seed: 1 },
);
const microseconds = (seconds: number) => `${(seconds * 1e6).toFixed(2)} µs`;

await withDatabases('ingest', async (databases, folder) => {
  say(`generating ${events.toLocaleString('en')} events of ${accounts} accounts …`);
  await using player = await startPlayer(events, accounts, seed);

  // Each part alone, in CPU-seconds an event.
  const playing = await measurePlayer(player);
  say(`player alone: ${microseconds(playing)} CPU an event`);
  const receiving = await measureReceiving(player, Math.min(events, 2_000_000));
  say(`receiving and making rows alone: ${microseconds(receiving)} CPU an event`);
  const inserting = await measureInserting(player, databases, Math.min(events, 1_000_000));
  say(`inserting alone, merges included: ${microseconds(inserting)} CPU an event`);

  const { seconds, rssMb, cpu } = await ingest(player, databases, folder);
  const mergingFrom = performance.now();
  await untilMerged(databases.clickhouse.url);
  const mergingS = (performance.now() - mergingFrom) / 1_000;
  const sizes = await measureSizes(databases.clickhouse.url, events);
  say(`acknowledged in ${seconds.toFixed(1)} s; merges came to rest ${mergingS.toFixed(1)} s later`);
  for (const [name, spent] of Object.entries(cpu))
    say(`${name}: ${spent.toFixed(1)} CPU-seconds, ${microseconds(spent / events)} an event`);
  say('bytes an event on disk:');
  for (const line of sizes.lines) say(line);

  const eventsPerSecond = round(events / seconds);
  const cpuLimit = round(availableParallelism() / (playing + receiving + inserting));
  const bytesPerEvent = round(sizes.totalBytes / events, 1);
  return { eventsPerSecond, cpuLimit, ratio: round(eventsPerSecond / cpuLimit, 3), bytesPerEvent, rssMb };
});
