import { parseArgs } from 'node:util';
import { announceAndServe, fail, numberOption } from './command-line.ts';
import { openEra } from './era.ts';
import { createHandleBook } from './handle-book.ts';
import { startPump } from './jetstream/pump.ts';
import { startJetstream } from './jetstream/server.ts';
import { startPlcDirectory } from './plc.ts';
import { createWorld } from './world/world.ts';

const USAGE = `usage: main.ts [options]
  --port N            Jetstream's port (default: any free one)
  --plc-port N        the PLC directory's port (default: any free one)
  --host H            address to listen on (default 127.0.0.1)
  --seed N            which world (default 1)
  --accounts N        how many accounts it has (default 2000)
  --rate N            live events a second (default 100)
  --hostile X         0 … 1: how much of its content is hostile (default 0)
  --events-per-day N  how dense its 24 hours of history are (default 400000)
  --now TIME          the RFC 3339 time at which history ends; then a seed gives the same world on every day
  --events N          stop after so many events and stay connected
  --state FILE        keep here which world it is, so that a restart goes on with it
Without --now history ends at the last full ten minutes, and the live stream goes on by the wall clock.`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    port: { type: 'string' },
    'plc-port': { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    seed: { type: 'string' },
    accounts: { type: 'string' },
    rate: { type: 'string' },
    hostile: { type: 'string' },
    'events-per-day': { type: 'string' },
    now: { type: 'string' },
    events: { type: 'string' },
    state: { type: 'string' },
  },
});
if (values.help) fail(USAGE);

const settings = {
  seed: numberOption('seed', values.seed) ?? 1,
  accounts: Math.max(1, numberOption('accounts', values.accounts) ?? 2_000),
  hostile: numberOption('hostile', values.hostile) ?? 0,
  eventsPerDay: Math.max(1, numberOption('events-per-day', values['events-per-day']) ?? 400_000),
  liveRate: Math.max(0.001, numberOption('rate', values.rate) ?? 100),
};
const events = numberOption('events', values.events);
const fixedNow = values.now === undefined ? undefined : readNow(values.now);
const era =
  fixedNow === undefined
    ? openEra(values.state, settings, Date.now() * 1_000)
    : { ...settings, nowMicros: fixedNow, firstSeq: 1 };

await announceAndServe(async () => {
  const world = createWorld(era);
  const handles = createHandleBook();
  const stopping = new AbortController();
  const plc = await startPlcDirectory(world, {
    listenHost: values.host,
    port: numberOption('plc-port', values['plc-port']) ?? 0,
    handleOf: handles.handleOf,
  });
  const jetstream = await startJetstream({
    listenHost: values.host,
    port: numberOption('port', values.port) ?? 0,
    host: { firstSeq: era.firstSeq },
    weather: { unavailable: true },
  });
  const pump = startPump({
    world,
    hosts: [jetstream],
    onEvent: handles.note,
    ...(events !== undefined && { events }),
    ...(fixedNow === undefined && { clockShiftMicros: 0 }),
    signal: stopping.signal,
    keepHours: 36,
  });
  await pump.caughtUp;
  // A stream that stands still without a word would look like a quiet network.
  pump.done.catch((error: unknown) => fail(`the simulated network stopped: ${String(error)}`));
  jetstream.setWeather({ unavailable: false });
  return {
    ready: {
      url: jetstream.url,
      port: jetstream.port,
      plcUrl: plc.url,
      plcPort: plc.port,
      ...era,
      now: new Date(era.nowMicros / 1_000).toISOString(),
      events: jetstream.log.nextSeq - era.firstSeq,
    },
    async close() {
      stopping.abort();
      await Promise.all([jetstream.close(), plc.close(), pump.done]);
    },
  };
});

function readNow(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) fail(`--now: expected an RFC 3339 time, got ${JSON.stringify(text)}`);
  return ms * 1_000;
}
