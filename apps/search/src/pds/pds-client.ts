import { isTooDeep } from '@updraft/atproto';
import type { SafeFetch } from '@updraft/identity';
import { PdsError, type PdsFault, xrpcUrl } from '@updraft/repository';
import { parseJson } from '@updraft/service';
import { type RateHeaders, readRateHeaders } from './rate-headers.ts';

/** Calls methods of accounts' servers, which strangers choose: JSON over XRPC, bounded in size and time. */
export interface PdsClient {
  call(request: PdsRequest): Promise<PdsReply>;
}

export interface PdsRequest {
  /** Origin. */
  readonly pds: string;
  /** NSID. */
  readonly method: string;
  readonly query?: Readonly<Record<string, string>>;
  /** With a body the call is a procedure (POST), without one only when `isProcedure` says so. */
  readonly body?: unknown;
  readonly isProcedure?: boolean;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** Sends it instead, such as with proofs of its own. */
  readonly send?: SafeFetch;
  readonly signal?: AbortSignal;
}

export interface PdsReply {
  readonly body: unknown;
  /** The length of the answer's text. */
  readonly characters: number;
  readonly rate: RateHeaders;
}

export interface PdsClientOptions {
  readonly safeFetch: SafeFetch;
  /** Additional headers for the server at this origin. */
  readonly headersFor: (pds: string) => Readonly<Record<string, string>>;
}

/** `call` gives the answer's JSON. @throws PdsError for every other outcome, or the signal's reason. */
export function createPdsClient({ safeFetch, headersFor }: PdsClientOptions): PdsClient {
  return {
    call: async (request) => {
      const { response, text } = await exchange(safeFetch, request, headersFor(request.pds));
      const rate = readRateHeaders(response.headers, Date.now());
      const body = readBody(text);
      if (response.ok && body !== undefined) return { body, characters: text.length, rate };
      throw toError(response, body, rate);
    },
  };
}

export const USER_AGENT = 'updraft-search';

async function exchange(
  safeFetch: SafeFetch,
  request: PdsRequest,
  headers: Readonly<Record<string, string>>,
): Promise<{ response: Response; text: string }> {
  const isProcedure = request.isProcedure ?? request.body !== undefined;
  try {
    const response = await (request.send ?? safeFetch)(xrpcUrl(request.pds, request.method, request.query), {
      method: isProcedure ? 'POST' : 'GET',
      headers: {
        accept: 'application/json',
        'user-agent': USER_AGENT,
        ...headers,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    return { response, text: await response.text() };
  } catch (cause) {
    request.signal?.throwIfAborted();
    if (cause instanceof PdsError) throw cause;
    throw new PdsError('unavailable', "the account's server can not be reached or did not answer in time", { cause });
  }
}

/** Some procedures answer nothing, which counts as `{}`. Undefined for malformed JSON, and for JSON too deep to be passed on. */
function readBody(text: string): unknown {
  const body = text === '' ? {} : parseJson(text);
  return isTooDeep(body) ? undefined : body;
}

function toError(response: Response, body: unknown, { resetAtMs }: RateHeaders): PdsError {
  const error = wireName(body);
  const fault = faultOf(response.status, error);
  return new PdsError(fault, `${MESSAGES[fault]} (${response.status}${error === '' ? '' : ` ${error}`})`, {
    error,
    status: response.status,
    retryAtMs: fault === 'limited' || fault === 'unavailable' ? resetAtMs : undefined,
  });
}

const MESSAGES: Readonly<Record<PdsFault, string>> = {
  unauthorized: "the account's server does not accept the session",
  absent: "the account's server does not have it",
  limited: "the account's server asks to wait",
  refused: "the account's server refuses",
  unavailable: "the account's server did not answer as it should",
};

function faultOf(status: number, error: string): PdsFault {
  if (status === 401 || UNAUTHORIZED.has(error)) return 'unauthorized';
  if (status === 429) return 'limited';
  if (status === 404 || ABSENT.has(error)) return 'absent';
  return status >= 400 && status < 500 ? 'refused' : 'unavailable';
}

const UNAUTHORIZED = new Set(['ExpiredToken', 'InvalidToken', 'AccountTakedown', 'AuthFactorTokenRequired']);
/** Source: the lexicons com.atproto.sync.getRepo and com.atproto.repo.getRecord. */
const ABSENT = new Set(['RepoNotFound', 'RepoTakendown', 'RepoSuspended', 'RepoDeactivated', 'RecordNotFound']);

/** Names of errors are identifiers; anything else that a server sends is not passed on. */
function wireName(body: unknown): string {
  const name: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'error') : undefined;
  return typeof name === 'string' && /^[A-Za-z]{1,64}$/.test(name) ? name : '';
}
