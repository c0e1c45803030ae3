import { createWorld, type JetstreamServer, startJetstream, type WorldEvent } from '@updraft/simulator';

type HostOptions = NonNullable<Parameters<typeof startJetstream>[0]>;
type WorldOptions = NonNullable<Parameters<typeof createWorld>[0]>;

/** The first events of a world, which are a few hours old now. */
export function worldEvents(count: number, world: WorldOptions = {}): WorldEvent[] {
  const nowMicros = Date.now() * 1000;
  return createWorld({ seed: 5, accounts: 150, eventsPerDay: count, nowMicros, ...world })
    .events()
    .take(count)
    .toArray();
}

/** A host of v1 and v2, in small blocks and segments, that has sealed all of these events. */
export async function startSealedHost(
  events: readonly WorldEvent[],
  v2: HostOptions['v2'] = {},
): Promise<JetstreamServer> {
  const server = await startJetstream({ v2: { rowsPerBlock: 64, blocksPerSegment: 8, ...v2 } });
  for (const event of events) server.append(event);
  server.settle();
  await server.archive?.seal();
  return server;
}
