import { join } from 'node:path';
import { buildConsole } from '@updraft/console/build';
import { createWorld, type JetstreamServer, startJetstream, type WorldEvent } from '@updraft/simulator';
import { type Stack, type Store, startProgram, startStack, until } from '../indexer/stack.ts';
import { type PdsNetwork, startPdsNetwork } from '../pds/network.ts';
import { createPeople, type People } from './people.ts';
import { type Services, startServices } from './services.ts';

/** The whole system as it runs for people: databases, indexer, feedgen and search over a simulated network and a real PDS. */
export interface ConsoleStage extends AsyncDisposable {
  readonly stack: Stack;
  readonly store: Store;
  readonly network: PdsNetwork;
  readonly people: People;
  readonly services: Services;
  /** Lets the simulated network go on. */
  flow(events: number): void;
  /** Resolves when the index has everything that happened so far. */
  indexed(): Promise<void>;
}

export interface StageOptions {
  readonly seed: number;
  /** Of the simulated network, until now. */
  readonly events: number;
  /** Over how many days they happened; default one. */
  readonly days?: number;
  /** Whose they are; default 200. */
  readonly accounts?: number;
}

const CONSOLE = join(import.meta.dirname, '../../apps/console/dist');

export async function startConsoleStage(options: StageOptions): Promise<ConsoleStage> {
  await using starting = new AsyncDisposableStack();
  const { days = 1 } = options;
  const host = starting.adopt(await startJetstream({ slowReaderMs: 60_000 }), (server) => server.close());
  const flow = startWorld(host, options);
  const startStore = async () => {
    const stack = starting.adopt(await startStack(), (started) => started.close());
    return { stack, store: await stack.createStore('console') };
  };
  const startNetwork = async () => {
    const network = starting.use(await startPdsNetwork(host));
    return { network, people: await createPeople(network) };
  };
  const started = await Promise.all([startStore(), startNetwork(), buildConsole(CONSOLE)]);
  const [{ stack, store }, { network, people }] = started;
  const indexer = startProgram('apps/indexer/src/main.ts', [], {
    ...store.env,
    WS_URL: host.url,
    SINCE: `${days * 24 + 1}h`,
    FLUSH_INTERVAL: '200ms',
  });
  starting.defer(() => indexer.kill());
  const indexed = async (): Promise<void> => {
    const rkey = await people.mark();
    await network.settled();
    await until(async () => (await store.count('posts', `rkey = '${rkey}'`)) > 0);
  };
  const [services] = await Promise.all([startServices({ stack, store, network, people }), indexed()]);
  starting.defer(() => services.end());
  const stage = starting.move();
  return {
    stack,
    store,
    network,
    people,
    services,
    flow,
    indexed,
    [Symbol.asyncDispose]: () => stage.disposeAsync(),
  };
}

/** Simulated days that end now; what is returned lets them go on. */
function startWorld(
  host: JetstreamServer,
  { seed, events, days = 1, accounts = 200 }: StageOptions,
): (more: number) => void {
  const size = { accounts, historyHours: days * 24, eventsPerDay: Math.ceil(events / days) };
  const source = createWorld({ ...size, seed, nowMicros: Date.now() * 1_000 }).events();
  const next = (): WorldEvent => {
    const { value, done } = source.next();
    if (done === true) throw new Error('the world has ended');
    return value;
  };
  for (let left = events; left > 0; left--) host.append(next());
  host.settle();
  return (more) => {
    for (let left = more; left > 0; left--) host.append({ ...next(), timeUs: Date.now() * 1_000 });
    host.settle();
  };
}
