import type { WorldEvent } from './event.ts';
import { createRepositories } from './repositories.ts';

/**
 * What a server that starts after these events stores of them: the records that the repositories hold then, one repository after the
 * other, each at its head's rev and all witnessed at one time. v1 never shows them. Source: the bootstrap of Jetstream v2.
 */
export function bootstrap(events: Iterable<WorldEvent>): WorldEvent[] {
  const repositories = createRepositories(() => true);
  const heads = new Map<string, string>();
  let timeUs = 0;
  for (const event of events) {
    repositories.observe(event);
    timeUs = Math.max(timeUs, event.timeUs);
    const rev = event.isStrange ? undefined : REV.exec(event.tail)?.[1];
    if (rev !== undefined) heads.set(event.did, rev);
  }
  return [...heads].flatMap(([did, rev]) =>
    [...repositories.of(did).values()].map(({ collection, rkey, record, cid }) => ({
      did,
      timeUs,
      tail: `,"kind":"commit","commit":{"rev":"${rev}","operation":"create","collection":"${collection}","rkey":"${rkey}","record":${record},"cid":"${cid}"}}`,
      raw: undefined,
      nth: 0,
      only: 'v2' as const,
      isBootstrap: true as const,
    })),
  );
}

const REV = /^,"kind":"(?:commit|sync)".*?"rev":"([^"]+)"/;
