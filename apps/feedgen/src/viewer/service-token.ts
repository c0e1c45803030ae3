import { isDid } from '@updraft/atproto';
import type { SigningAlgorithm } from '@updraft/identity';

/** A viewer's token whose claims are right; whether its issuer signed it is still to be seen. */
export interface ServiceToken {
  /** The issuer's DID, without a fragment. */
  readonly issuer: string;
  readonly alg: SigningAlgorithm;
  /** What is signed: header and payload as they came. */
  readonly message: Uint8Array;
  /** r‖s. */
  readonly signature: Uint8Array;
}

/** Why a token is refused: the name of an XRPC error and a sentence, both for its sender. */
export interface TokenFault {
  readonly error: string;
  readonly message: string;
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
/** Types of tokens that are no service tokens, though the same keys may have signed them. */
const FOREIGN_TYPES: ReadonlySet<unknown> = new Set(['at+jwt', 'refresh+jwt', 'dpop+jwt']);

/**
 * Everything about a token that can be judged without its issuer's key.
 * Source: https://atproto.com/specs/xrpc#inter-service-authentication-jwt
 */
export function readServiceToken(jwt: string, expected: TokenExpectations): ServiceToken | TokenFault {
  const parts = jwt.length > MAX_LENGTH ? [] : jwt.split('.');
  const [headerText, payloadText, signatureText] = parts;
  if (parts.length !== 3 || headerText === undefined || payloadText === undefined || signatureText === undefined) {
    return { error: 'BadJwt', message: 'poorly formatted jwt' };
  }
  const header = decodeObject(headerText);
  const payload = decodeObject(payloadText);
  const signature = decodeBase64Url(signatureText);
  if (header === undefined || payload === undefined || signature === undefined) {
    return { error: 'BadJwt', message: 'poorly formatted jwt' };
  }
  const alg = header['alg'];
  const fault = headerFault(header) ?? claimsFault(payload, expected);
  if (fault !== undefined) return fault;
  if (alg !== 'ES256K' && alg !== 'ES256')
    return { error: 'BadJwt', message: 'the jwt must be signed by ES256K or ES256' };
  const issuer = issuerDid(payload['iss']);
  if (issuer === undefined) return { error: 'BadJwtIss', message: 'the jwt has no DID as its issuer' };
  if (signature.length !== 64) return { error: 'BadJwtSignature', message: 'the jwt signature has the wrong length' };
  return { issuer, alg, message: Buffer.from(`${headerText}.${payloadText}`, 'latin1'), signature };
}

type JsonObject = Readonly<Record<string, unknown>>;

function headerFault(header: JsonObject): TokenFault | undefined {
  const type = header['typ'];
  if (FOREIGN_TYPES.has(typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : type)) {
    return { error: 'BadJwtType', message: `a jwt of type ${String(type)} is no service token` };
  }
  if (type !== undefined && typeof type !== 'string')
    return { error: 'BadJwtType', message: 'the jwt type must be a string' };
  // Source: RFC 7515, 4.1.11: extensions that are not understood make the token invalid. We understand none.
  if (header['crit'] !== undefined) return { error: 'BadJwt', message: 'the jwt has critical extensions' };
  return undefined;
}

function claimsFault(payload: JsonObject, expected: TokenExpectations): TokenFault | undefined {
  const { aud, exp, lxm, nbf } = payload;
  if (
    typeof aud !== 'string' ||
    typeof exp !== 'number' ||
    !Number.isFinite(exp) ||
    typeof payload['iss'] !== 'string'
  ) {
    return { error: 'BadJwt', message: 'the jwt needs iss and aud as strings and exp as a number' };
  }
  if (exp <= expected.now) return { error: 'JwtExpired', message: 'jwt expired' };
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > expected.now))
    return { error: 'BadJwt', message: 'the jwt is not valid yet' };
  if (aud !== expected.audience && aud !== `${expected.audience}#bsky_fg`) {
    return { error: 'BadJwtAudience', message: 'jwt audience does not match service did' };
  }
  if (lxm !== undefined && lxm !== expected.lxm) {
    return { error: 'BadJwtLexiconMethod', message: `bad jwt lexicon method ("lxm"). must match: ${expected.lxm}` };
  }
  if (lxm === undefined && expected.requireLxm) {
    return { error: 'BadJwtLexiconMethod', message: `missing jwt lexicon method ("lxm"). must match: ${expected.lxm}` };
  }
  return undefined;
}

/** `did` or `did#fragment`: the fragment names a part of the issuer, the key is the account's all the same. */
function issuerDid(iss: unknown): string | undefined {
  if (typeof iss !== 'string') return undefined;
  const [did = '', fragment, ...rest] = iss.split('#');
  if (!isDid(did) || rest.length > 0) return undefined;
  return fragment === undefined || /^[\w.:-]{1,64}$/.test(fragment) ? did : undefined;
}

function decodeObject(text: string): JsonObject | undefined {
  const bytes = decodeBase64Url(text);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** Canonical base64url only: nothing padded, no stray bits, no other alphabet. */
function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}
