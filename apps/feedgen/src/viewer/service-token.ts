import { isDid } from '@updraft/atproto';
import type { SigningAlgorithm } from '@updraft/identity';
import { parseJson } from '@updraft/service';

/** A viewer's token whose claims are right. Its signature is not checked yet. */
export interface ServiceToken {
  /** The issuer's DID, without a fragment. */
  readonly issuer: string;
  readonly alg: SigningAlgorithm;
  /** What is signed: header and payload as they came. */
  readonly message: Uint8Array;
  /** r‖s. */
  readonly signature: Uint8Array;
}

export const TOKEN_FAULTS = [
  'AuthenticationRequired',
  'BadJwt',
  'BadJwtType',
  'BadJwtIss',
  'BadJwtAudience',
  'BadJwtLexiconMethod',
  'BadJwtSignature',
  'JwtExpired',
] as const;

/** Why a token is refused, for its sender: the name of an XRPC error, and a sentence. */
export interface TokenFault {
  readonly error: (typeof TOKEN_FAULTS)[number];
  readonly message: string;
  /** The claim that names another service or method in a token that is right otherwise: it may be good there, and isn't ours to check. */
  readonly foreign?: 'audience' | 'method';
}

export interface TokenExpectations {
  /** The service's own DID; tokens may name it bare or with `#bsky_fg`. */
  readonly audience: string;
  /** NSID of the method called. */
  readonly lxm: string;
  /** Private feeds take no token without `lxm`. */
  readonly requireLxm: boolean;
  /** Seconds since 1970. */
  readonly now: number;
}

const MAX_LENGTH = 8_192;
/** Servers give no longer token: com.atproto.server.getServiceAuth refuses a later `exp`. */
const MAX_LIFETIME_S = 3_600;
/** Other kinds of tokens, which the same keys may have signed. */
const FOREIGN_TYPES: ReadonlySet<unknown> = new Set(['at+jwt', 'refresh+jwt', 'dpop+jwt']);

/**
 * Checks everything about a token that needs no key. Its address comes last: when that is its fault, nothing else is wrong with it,
 * except perhaps its signature.
 * Source: https://atproto.com/specs/xrpc#inter-service-authentication-jwt
 */
export function readServiceToken(jwt: string, expected: TokenExpectations): ServiceToken | TokenFault {
  const parts = jwt.length > MAX_LENGTH ? [] : jwt.split('.');
  const [headerText = '', payloadText = '', signatureText = ''] = parts;
  const [header, payload] = [decodeObject(headerText), decodeObject(payloadText)];
  const signature = decodeBase64Url(signatureText);
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined)
    return { error: 'BadJwt', message: 'poorly formatted jwt' };
  const alg = header['alg'];
  const fault = headerFault(header) ?? claimsFault(payload, expected.now);
  if (fault !== undefined) return fault;
  if (alg !== 'ES256K' && alg !== 'ES256')
    return { error: 'BadJwt', message: 'the jwt must be signed by ES256K or ES256' };
  const issuer = issuerDid(payload['iss']);
  if (issuer === undefined) return { error: 'BadJwtIss', message: 'the jwt has no DID as its issuer' };
  if (signature.length !== 64) return { error: 'BadJwtSignature', message: 'the jwt signature has the wrong length' };
  const misaddressed = addressFault(payload, expected);
  if (misaddressed !== undefined) return misaddressed;
  return { issuer, alg, message: Buffer.from(`${headerText}.${payloadText}`, 'latin1'), signature };
}

type JsonObject = Readonly<Record<string, unknown>>;

function headerFault(header: JsonObject): TokenFault | undefined {
  const { typ: type, kid } = header;
  if (type !== undefined && typeof type !== 'string')
    return { error: 'BadJwtType', message: 'the jwt type must be a string' };
  if (type !== undefined && FOREIGN_TYPES.has(mediaType(type)))
    return { error: 'BadJwtType', message: `a jwt of type ${mediaType(type)} is not a service token` };
  if (kid !== undefined && kid !== '#atproto')
    return { error: 'BadJwt', message: 'the jwt must be signed by the key #atproto' };
  // An extension that is not understood makes the token invalid, and we understand none. Source: RFC 7515, 4.1.11
  if (header['crit'] !== undefined) return { error: 'BadJwt', message: 'the jwt has critical extensions' };
  return undefined;
}

/** Types are compared without case, spaces, parameters and the prefix that may be left out. Source: RFC 7515, 4.1.9 */
function mediaType(type: string): string {
  const [bare = ''] = type.toLowerCase().split(';', 1);
  return bare.trim().replace(/^application\//, '');
}

function claimsFault(payload: JsonObject, now: number): TokenFault | undefined {
  const { aud, exp, lxm, nbf } = payload;
  if (
    typeof aud !== 'string' ||
    typeof exp !== 'number' ||
    !Number.isFinite(exp) ||
    typeof payload['iss'] !== 'string'
  ) {
    return { error: 'BadJwt', message: 'the jwt needs iss and aud as strings and exp as a number' };
  }
  if (lxm !== undefined && typeof lxm !== 'string')
    return { error: 'BadJwt', message: 'the jwt needs lxm as a string' };
  if (exp <= now) return { error: 'JwtExpired', message: 'jwt expired' };
  if (exp > now + MAX_LIFETIME_S) return { error: 'BadJwt', message: 'the jwt expires in more than an hour' };
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > now))
    return { error: 'BadJwt', message: 'the jwt is not valid yet' };
  return undefined;
}

function addressFault({ aud, lxm }: JsonObject, expected: TokenExpectations): TokenFault | undefined {
  if (aud !== expected.audience && aud !== `${expected.audience}#bsky_fg`) {
    return { error: 'BadJwtAudience', message: 'jwt audience does not match service did', foreign: 'audience' };
  }
  if (lxm !== undefined && lxm !== expected.lxm) {
    const message = `bad jwt lexicon method ("lxm"). must match: ${expected.lxm}`;
    return { error: 'BadJwtLexiconMethod', message, foreign: 'method' };
  }
  if (lxm === undefined && expected.requireLxm) {
    return { error: 'BadJwtLexiconMethod', message: `missing jwt lexicon method ("lxm"). must match: ${expected.lxm}` };
  }
  return undefined;
}

/** A DID, which may bear the fragment of its key, as older tokens do. Other fragments do not name an account. */
function issuerDid(iss: unknown): string | undefined {
  const did = typeof iss === 'string' ? iss.replace(/#atproto$/, '') : '';
  return isDid(did) ? did : undefined;
}

function decodeObject(text: string): JsonObject | undefined {
  const value = parseJson(decodeBase64Url(text)?.toString('utf8') ?? '');
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Canonical base64url only: nothing padded, no stray bits, no other alphabet. */
function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}
