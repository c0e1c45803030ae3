import { join } from 'node:path';
import { isDid } from '@updraft/atproto';
import { isLoopbackHost, listenAddress, origin, readConfig } from '@updraft/service';
import { z } from 'zod';

/** Which feeds are served, and in whose name. */
export interface FeedsConfig {
  readonly service: ServiceIdentity;
  readonly feedsFile: string;
}

/** Who this service is on the network. */
export interface ServiceIdentity {
  /** Origin that others reach it by. */
  readonly endpoint: string;
  /** did:web of the endpoint's host. */
  readonly did: string;
  /** Whose repository holds the feeds' records. */
  readonly actorDid: string;
}

export const feedsEnvironment = z.object({
  LISTEN_ADDRESS: listenAddress(':8094'),
  SERVICE_ENDPOINT: origin.optional(),
  FEED_ACTOR_DID: z.string().refine(isDid, { error: 'expected a DID' }).optional(),
  FEEDS_FILE: z.string().default(join(import.meta.dirname, '../../../config/feeds.yaml')),
});

/** For commands, which need no database for it. @throws ConfigError that names every fault */
export function readFeedsConfig(env: Readonly<Record<string, string | undefined>>): FeedsConfig {
  return feedsConfig(readConfig(feedsEnvironment, env));
}

export function feedsConfig(read: z.output<typeof feedsEnvironment>): FeedsConfig {
  const endpoint =
    read.SERVICE_ENDPOINT ?? `http://${read.LISTEN_ADDRESS.replace(/^(?:0\.0\.0\.0|\[::\]):/, '127.0.0.1:')}`;
  const did = didOfEndpoint(endpoint);
  return { service: { endpoint, did, actorDid: read.FEED_ACTOR_DID ?? did }, feedsFile: read.FEEDS_FILE };
}

/**
 * The did:web of an origin. A loopback address becomes `localhost`, with its port, as the protocol allows for development. The
 * protocol allows a port nowhere else, so it is left out. Source: https://atproto.com/specs/did
 */
function didOfEndpoint(endpoint: string): string {
  const { hostname, port } = new URL(endpoint);
  if (isLoopbackHost(hostname)) return `did:web:localhost${port === '' ? '' : `%3A${port}`}`;
  return `did:web:${hostname}`;
}
