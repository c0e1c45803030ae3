import type { DidAnswer, DidDirectory, SigningKey } from '@updraft/identity';
import { NotEnoughResourcesError } from '@updraft/service';
import type { FeedgenMetrics } from '../metrics.ts';
import { readServiceToken, type ServiceToken, type TokenFault } from './service-token.ts';
import { PoolFullError, type SignaturePool } from './signature-pool.ts';
import { BadTokenError, IdentityUnavailableError } from './viewer-errors.ts';

/** Tells who a request comes from. */
export interface ViewerAuth {
  /**
   * The DID of the viewer whose token the request bears. Undefined without a token; when the viewer's key can't be had now, unless
   * `isStrict`; and, where `isOpen`, when the token is addressed to another service or method.
   * @throws BadTokenError; IdentityUnavailableError when `isStrict` and the key can't be had now
   */
  identify(request: ViewerRequest): Promise<string | undefined>;
}

export interface ViewerRequest {
  /** The header, as it came. */
  readonly authorization: string | undefined;
  /** NSID of the method called. */
  readonly lxm: string;
  /** Strict: the token must name the method, and its issuer's key must be known. */
  readonly isStrict: boolean;
  /** Viewers without a token may read, and so may those whose server sends a token for another service. Its issuer is not looked up. */
  readonly isOpen: boolean;
  /** Whose limit of look-ups counts, e.g. an address. */
  readonly caller: string;
}

export interface ViewerAuthOptions {
  serviceDid: string;
  dids: DidDirectory;
  signatures: SignaturePool;
  metrics: Pick<FeedgenMetrics, 'tokens'>;
}

export function createViewerAuth(options: ViewerAuthOptions): ViewerAuth {
  const { serviceDid, metrics } = options;
  return {
    identify: async ({ authorization, lxm, isStrict, isOpen, caller }) => {
      if (authorization === undefined) return undefined;
      const bearer = /^bearer +([^ ]+) *$/i.exec(authorization)?.[1];
      if (bearer === undefined)
        throw refuse(metrics, { error: 'AuthenticationRequired', message: 'expected authorization: Bearer TOKEN' });
      const token = readServiceToken(bearer, {
        audience: serviceDid,
        lxm,
        requireLxm: isStrict,
        now: Date.now() / 1000,
      });
      if (!('issuer' in token)) {
        if (!isOpen || token.foreign === undefined) throw refuse(metrics, token);
        metrics.tokens.inc({ outcome: `foreign_${token.foreign}` });
        return undefined;
      }
      const verdict = await judge(token, caller, options);
      if (typeof verdict === 'object') throw refuse(metrics, verdict);
      metrics.tokens.inc({ outcome: verdict });
      if (verdict === 'valid') return token.issuer;
      if (isStrict) throw new IdentityUnavailableError('your identity could not be looked up now, please try again');
      return undefined;
    },
  };
}

function refuse(metrics: ViewerAuthOptions['metrics'], fault: TokenFault): BadTokenError {
  metrics.tokens.inc({ outcome: fault.error });
  return new BadTokenError(fault);
}

type Verdict = 'valid' | 'unresolved' | TokenFault;

/** Checks the signature. If it is bad, the issuer's document is fetched again, since keys rotate. */
async function judge(token: ServiceToken, caller: string, { dids, signatures }: ViewerAuthOptions): Promise<Verdict> {
  const answer = await dids.get(token.issuer, caller);
  if (answer.kind === 'unavailable') return 'unresolved';
  const key = keyOf(answer);
  if (key !== undefined && (await isSignedBy(key, token, signatures))) return 'valid';
  const again = await dids.lookAgain(token.issuer, caller);
  if (again?.kind === 'unavailable' && answer.kind === 'absent') return 'unresolved';
  const rotated = again === undefined ? undefined : keyOf(again);
  if (rotated !== undefined && !isSameKey(rotated, key) && (await isSignedBy(rotated, token, signatures)))
    return 'valid';
  if ((rotated ?? key) === undefined) return { error: 'BadJwtIss', message: `${token.issuer} has no signing key` };
  return { error: 'BadJwtSignature', message: 'jwt signature does not match jwt issuer' };
}

function keyOf(answer: DidAnswer): SigningKey | undefined {
  return answer.kind === 'found' ? answer.document.signingKey : undefined;
}

function isSameKey(a: SigningKey, b: SigningKey | undefined): boolean {
  return b !== undefined && a.alg === b.alg && Buffer.compare(a.point, b.point) === 0;
}

async function isSignedBy(key: SigningKey, token: ServiceToken, signatures: SignaturePool): Promise<boolean> {
  if (key.alg !== token.alg) return false;
  try {
    return await signatures.verify(key, token.message, token.signature);
  } catch (error) {
    if (!(error instanceof PoolFullError)) throw error;
    throw new NotEnoughResourcesError('too many requests at once, please try again', { retryAfterS: 1, cause: error });
  }
}
