import type { WorldEvent } from '../../world/event.ts';
import { createWorld, type WorldOptions } from '../../world/world.ts';
import { type JetstreamOptions, type JetstreamServer, startJetstream } from '../server.ts';

const WORLD: Partial<WorldOptions> = { seed: 11, accounts: 100, eventsPerDay: 20_000, divergence: 0.5 };

/** A host of v2, in small blocks and segments, that has shown the first events of a world with diverging repositories. */
export async function startWorldHost(
  count: number,
  options: JetstreamOptions = {},
  world: Partial<WorldOptions> = {},
): Promise<JetstreamServer> {
  const v2 = { rowsPerBlock: 64, blocksPerSegment: 8, ...options.v2 };
  const server = await startJetstream({ ...options, v2 });
  appendWorld(server, count, world);
  await server.archive?.settled();
  return server;
}

/** The first events of the world. */
export function worldEvents(count: number, world: Partial<WorldOptions> = {}): WorldEvent[] {
  const events = createWorld({ ...WORLD, ...world }).events();
  return Array.from({ length: count }, () => events.next().value);
}

/** Appends the events of the world from `first` to `last`. */
export function appendWorld(server: JetstreamServer, last: number, world: Partial<WorldOptions> = {}, first = 0): void {
  for (const event of worldEvents(last, world).slice(first)) server.append(event);
  server.settle();
}

/** Starts hosts for a test, and closes them after it. */
export function createHosts(): { hostOf: typeof startWorldHost; closeAll(): Promise<void> } {
  const hosts: JetstreamServer[] = [];
  return {
    async hostOf(...args) {
      const host = await startWorldHost(...args);
      hosts.push(host);
      return host;
    },
    async closeAll() {
      for (const host of hosts.splice(0)) await host.close();
    },
  };
}
