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
  /** Of the simulated network's last day. */
  readonly events: number;
}

const CONSOLE = join(import.meta.dirname, '../../apps/console/dist');

export async function startConsoleStage({ seed, events }: StageOptions): Promise<ConsoleStage> {
  await using starting = new AsyncDisposableStack();
  await buildConsole(CONSOLE);
  const stack = starting.adopt(await startStack(), (started) => started.close());
  const store = await stack.createStore('console');
  const host = starting.adopt(await startJetstream({ slowReaderMs: 60_000 }), (server) => server.close());
  const flow = startWorld(host, seed, events);
  const network = starting.use(await startPdsNetwork(host));
  const people = await createPeople(network);
  const indexer = startProgram('apps/indexer/src/main.ts', [], {
    ...store.env,
    WS_URL: host.url,
    SINCE: '25h',
    FLUSH_INTERVAL: '200ms',
  });
  starting.defer(() => indexer.kill());
  const indexed = async (): Promise<void> => {
    const rkey = await people.mark();
    await network.settled();
    await until(async () => (await store.count('posts', `rkey = '${rkey}'`)) > 0);
  };
  await indexed();
  const services = await startServices({ stack, store, network, people });
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

/** A simulated day that ends now; what is returned lets it go on. */
function startWorld(host: JetstreamServer, seed: number, events: number): (more: number) => void {
  const source = createWorld({ seed, accounts: 200, nowMicros: Date.now() * 1_000, eventsPerDay: events }).events();
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
