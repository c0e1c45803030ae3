import { readAccountName } from '@updraft/atproto';
import { callerKey, createRateLimit, InvalidRequestError, RateLimitExceededError } from '@updraft/service';
import type { FastifyRequest } from 'fastify';
import type { Identity } from '../identity.ts';

/** `isKnown`: a handle that no longer resolves may still name the account that last had it, by our records. */
type FindDid = (request: FastifyRequest, name: string, isKnown: boolean) => Promise<string>;

/** Finds the DID of a handle or DID, with a limit for each caller. @throws InvalidRequestError, RateLimitExceededError */
export function createDidFinder({ handles, storedDidOf }: Identity): FindDid {
  const limit = createRateLimit({ burst: 60, perSecond: 1 });
  return async (request, text, isKnown) => {
    const name = readAccountName(text);
    if (name === undefined) throw new InvalidRequestError('handle: expected a handle or a DID');
    if (name.handle === undefined) return name.did;
    const caller = callerKey(request.ip);
    if (!limit.take(caller)) throw new RateLimitExceededError('too many handles asked for, please wait');
    const resolved = await handles.resolve(name.handle, caller);
    const did = resolved ?? (isKnown ? await storedDidOf(name.handle) : undefined);
    if (did !== undefined) return did;
    throw new InvalidRequestError('the handle does not resolve to an account, in both directions; the DID will do too');
  };
}
