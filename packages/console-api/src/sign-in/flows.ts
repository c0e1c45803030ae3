import type { NodeSavedState } from '@atproto/oauth-client-node';
import { parseJson } from '@updraft/service';
import type { Redis } from '@updraft/store';
import { createTokenSeal, UnsealError } from '../seal/token-seal.ts';
import type { SignInRequest } from '../views/session.ts';
import type { ConsoleKeys } from './keys.ts';
import { idOf, sealKeyOf } from './secrets.ts';

/** A sign-in under way, while somebody is at the page of their server. */
export interface Flow {
  /** What the server must bring back. */
  readonly state: string;
  /** What the OAuth client knows of it: its PKCE verifier and its DPoP key. */
  readonly saved: NodeSavedState;
  /** The account that was asked for. */
  readonly did: string;
  readonly handle: string;
  readonly purpose: SignInRequest['purpose'];
  readonly returnTo: string;
}

/** Flows in Redis, sealed by the secret in the cookie of the browser that began them: no other browser, and not Redis, can read one. */
export interface Flows {
  keep(secret: string, flow: Flow): Promise<void>;
  read(secret: string): Promise<Flow | undefined>;
  /** True for the first caller: a flow ends once. */
  end(secret: string): Promise<boolean>;
}

export const FLOW_LIFE_S = 600;

export function createFlows({ redis, keys }: { redis: Redis; keys: ConsoleKeys }): Flows {
  const keyOf = (secret: string) => keys.flow(idOf(secret));
  return {
    keep: async (secret, flow) => {
      const sealed = await createTokenSeal([sealKeyOf(secret)]).seal('flow', JSON.stringify(flow));
      await redis.set(keyOf(secret), sealed, 'EX', FLOW_LIFE_S);
    },
    read: async (secret) => {
      const sealed = await redis.get(keyOf(secret));
      return sealed === null ? undefined : open(secret, sealed);
    },
    end: async (secret) => (await redis.del(keyOf(secret))) === 1,
  };
}

async function open(secret: string, sealed: string): Promise<Flow | undefined> {
  try {
    return parseJson(await createTokenSeal([sealKeyOf(secret)]).unseal('flow', sealed)) as Flow | undefined;
  } catch (error) {
    if (error instanceof UnsealError) return undefined;
    throw error;
  }
}
