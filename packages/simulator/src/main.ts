import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { announceAndServe, fail, readNumber } from './command-line.ts';
import { openEra } from './era.ts';
import { createHandleBook } from './handle-book.ts';
import { startPump } from './jetstream/pump.ts';
import { type JetstreamServer, startJetstream } from './jetstream/server.ts';
import { createWorldLabeler } from './labeler/world-labeler.ts';
import { type PlcDirectory, startPlcDirectory } from './plc.ts';
import { createWorld } from './world/world.ts';

const {
  archive = false,
  events,
  host,
  labelerDid,
  labelerPort,
  now: fixedNow,
  plcPort,
  port,
  state,
  ...dials
} = new Command('main.ts')
  .description(
    'A simulated network: Jetstream (v1 and v2), a PLC directory, a labeler, and accounts that post, like and misbehave.',
  )
  .option('--port <n>', "Jetstream's port; 0: any free one", readNumber, 0)
  .option('--plc-port <n>', "the PLC directory's port; 0: any free one", readNumber, 0)
  .option('--labeler-port <n>', "the labeler's port; 0: any free one", readNumber, 0)
  .option('--labeler-did <did>', "the labeler's DID; default: one that the seed gives")
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--seed <n>', 'which world', readNumber, 1)
  .option('--accounts <n>', 'how many accounts it has', readNumber, 2_000)
  .option('--rate <n>', 'live events a second', readNumber, 100)
  .option('--hostile <share>', 'how much of its content is hostile, from 0 to 1', readNumber, 0)
  .option('--divergence <share>', 'how often a repository differs from what was told of it, from 0 to 1', readNumber, 0)
  .option('--events-per-day <n>', 'how dense its 24 hours of history are', readNumber, 400_000)
  .option(
    '--now <time>',
    'the RFC 3339 time at which history ends: then a seed gives the same world on every day. Default: the last full ten minutes, and the live stream goes on by the wall clock',
    readNow,
  )
  .option('--archive', 'seal the stream into segments that readers of v2 can download; it takes longer to start')
  .option('--events <n>', 'stop after this many events and stay connected', readNumber)
  .option('--state <file>', 'where to keep which world it is, so that a restart goes on with it')
  .parse()
  .opts();

const settings = {
  seed: dials.seed,
  accounts: Math.max(1, dials.accounts),
  hostile: dials.hostile,
  divergence: Math.min(1, dials.divergence),
  eventsPerDay: Math.max(1, dials.eventsPerDay),
  liveRate: Math.max(0.001, dials.rate),
};
const era =
  fixedNow === undefined
    ? openEra(state, settings, Date.now() * 1_000)
    : { ...settings, nowMicros: fixedNow, firstSeq: 1 };

await announceAndServe(async () => {
  const world = createWorld(era);
  const handles = createHandleBook();
  const stopping = new AbortController();
  const labeler = createWorldLabeler({ seed: era.seed, did: labelerDid, firstSeq: era.firstSeq });
  const { handleOf } = handles;
  const documentOf = async (did: string) => (did === labeler.did ? labeler.document() : undefined);
  const plc = await startPlcDirectory(world, { listenHost: host, port: plcPort, handleOf, documentOf });
  const jetstream = await startJetstream({
    listenHost: host,
    port,
    host: { firstSeq: era.firstSeq },
    v2: { seals: archive },
    weather: { unavailable: true },
  });
  const pump = startPump({
    world,
    hosts: [jetstream],
    onEvent: (event) => {
      handles.note(event);
      labeler.note(event);
    },
    ...(events !== undefined && { events }),
    ...(fixedNow === undefined && { clockShiftMicros: 0 }),
    signal: stopping.signal,
    keepHours: 36,
  });
  await pump.caughtUp;
  const labels = { labelerDid: labeler.did, labelerPort: await labeler.listen(host, labelerPort) };
  // A stream that stops without a word would look like a quiet network.
  pump.done.catch((error: unknown) => fail(`The simulated network stopped: ${String(error)}`));
  jetstream.setWeather({ unavailable: false });
  return {
    ready: { ...readyMessage(jetstream, plc), ...labels },
    async close() {
      stopping.abort();
      await Promise.all([jetstream.close(), plc.close(), labeler.close(), pump.done]);
    },
  };
});

function readyMessage(jetstream: JetstreamServer, plc: PlcDirectory): object {
  const addresses = {
    url: jetstream.url,
    v2Url: jetstream.v2Url,
    port: jetstream.port,
    plcUrl: plc.url,
    plcPort: plc.port,
  };
  const now = new Date(era.nowMicros / 1_000).toISOString();
  return { ...addresses, ...era, now, events: jetstream.log.nextSeq - era.firstSeq };
}

function readNow(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('expected an RFC 3339 time');
  return ms * 1_000;
}
