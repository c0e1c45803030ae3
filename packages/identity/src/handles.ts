import { HandleResolver } from '@atproto/identity';
import { isDid, isHandle } from '@updraft/atproto';
import type { DidDirectory } from './did-directory.ts';
import type { SafeFetch } from './safe-fetch.ts';

/** Handles and the DIDs behind them. Source: https://atproto.com/specs/handle */
export interface Handles {
  /**
   * The DID that a handle stands for, checked both ways: DNS or the well-known file names the DID, and the DID's document
   * names the handle. Undefined when either does not.
   */
  resolve(handle: string, caller: string): Promise<string | undefined>;
}

/** `dids` must answer for the document; `safeFetch` reads `/.well-known/atproto-did` at hosts that strangers name. */
export function createHandles(options: { dids: DidDirectory; safeFetch: SafeFetch; timeoutMs?: number }): Handles {
  const resolver = new HandleResolver({ timeout: options.timeoutMs ?? 3_000, fetch: options.safeFetch });
  return {
    resolve: async (handle, caller) => {
      const name = handle.replace(/^@/, '').toLowerCase();
      if (!isHandle(name)) return undefined;
      const did = await resolver.resolve(name);
      if (did === undefined || !isDid(did)) return undefined;
      const answer = await options.dids.get(did, caller);
      return answer.kind === 'found' && answer.document.handle === name ? did : undefined;
    },
  };
}
