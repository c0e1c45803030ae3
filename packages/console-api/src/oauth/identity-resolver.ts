import type { NodeOAuthClientOptions } from '@atproto/oauth-client-node';
import { type DidDocument, type DidResolver, ResolutionError } from '@updraft/identity';
import { AccountUnknownError } from '../sign-in/errors.ts';

type IdentityResolver = NonNullable<NodeOAuthClientOptions['identityResolver']>;
type IdentityInfo = Awaited<ReturnType<IdentityResolver['resolve']>>;

/** Our way to read DID documents, for the OAuth client. It is asked for DIDs only, and never answers from a cache. */
export function createIdentityResolver(dids: DidResolver): IdentityResolver {
  return {
    resolve: async (did) => {
      const document = await dids.resolve(did);
      if (document === undefined) throw new ResolutionError(did, 'there is no document');
      return infoOf(document);
    },
  };
}

function infoOf({ did, handle, pds }: DidDocument): IdentityInfo {
  if (pds === undefined) throw new AccountUnknownError('this account has no server');
  const service = { id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: pds };
  const id = did as IdentityInfo['did'];
  // The handle is what the account's server is told to suggest: it knows its own.
  return { did: id, didDoc: { id, service: [service] }, handle: handle ?? 'handle.invalid' };
}
