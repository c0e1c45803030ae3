/*
 * In: one request to an archive. Out: its answer's head and body, or an error by type.
 * Keeps: the API key goes to the archive's own origin only and never along a redirect; each request has a time limit, each answer that is
 * read at once a size limit. One try: who calls decides about the next.
 */

import { JetstreamError, UnauthorizedError, UnavailableError } from '../errors.ts';
import { methodUrl } from '../host.ts';
import { errorOfBody, readRetryAfter } from '../wire-error.ts';

export interface ArchiveHttpOptions {
  /** Of the host: `https://…` or `wss://…`. */
  readonly address: string;
  /** JETSTREAM_API_KEY, where the archive wants one. */
  readonly apiKey?: string | undefined;
  /** Until the answer's head, and for each piece of its body. */
  readonly timeoutMs?: number;
}

export interface ArchiveRequest {
  /** Such as `getBlock`. */
  readonly method: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are answers here and no errors. */
  readonly accept?: readonly number[];
}

export interface ArchiveResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it comes. @throws UnavailableError when it stalls or breaks. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The whole body. @throws JetstreamError when it has more bytes. */
  bytes(maxBytes: number): Promise<Buffer>;
  /** The body isn't wanted. */
  cancel(): Promise<void>;
}

export interface ArchiveHttp {
  /** @throws JetstreamError by type; UnavailableError when a later try may succeed; the signal's reason. */
  send(request: ArchiveRequest, signal: AbortSignal): Promise<ArchiveResponse>;
}

export function createArchiveHttp({ address, apiKey, timeoutMs = TIMEOUT_MS }: ArchiveHttpOptions): ArchiveHttp {
  return {
    send: async (request, signal) => {
      const watch = createWatch(timeoutMs, signal);
      try {
        const response = await sendAlong(requestUrl(address, request), request, apiKey, watch.signal);
        const answer = readable(response, watch);
        if (response.ok || request.accept?.includes(response.status) === true) return answer;
        throw await refusal(answer);
      } catch (error) {
        watch.end();
        throw translate(error, signal);
      }
    },
  };
}

const TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 3;
const MAX_ERROR_BYTES = 64 * 1024;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function requestUrl(address: string, { method, query = {} }: ArchiveRequest): URL {
  const url = methodUrl(address, method);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** Follows redirects by hand: past the first address nothing is sent that a stranger must not have. */
async function sendAlong(
  first: URL,
  request: ArchiveRequest,
  apiKey: string | undefined,
  signal: AbortSignal,
): Promise<Response> {
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(url, { ...fetchOptions(request, redirects === 0 ? apiKey : undefined), signal });
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    const next = new URL(location, url);
    if (next.protocol !== 'https:' && next.protocol !== first.protocol) {
      throw new JetstreamError(`the archive redirects to ${next.origin}, which is not encrypted`);
    }
    if (request.body !== undefined) throw new JetstreamError('the archive redirects a request that has a body');
    url = next;
  }
  throw new JetstreamError(`the archive redirects more than ${MAX_REDIRECTS} times`);
}

function fetchOptions({ body, headers }: ArchiveRequest, apiKey: string | undefined): RequestInit {
  return {
    method: body === undefined ? 'GET' : 'POST',
    redirect: 'manual',
    headers: {
      'user-agent': 'updraft',
      'accept-encoding': 'identity', // sizes and ranges are those of the file
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** Aborts when nothing has come for the time limit. */
interface Watch {
  readonly signal: AbortSignal;
  heard(): void;
  end(): void;
}

function createWatch(timeoutMs: number, outer: AbortSignal): Watch {
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort(new UnavailableError(`the archive sent nothing for ${timeoutMs / 1000} s`));
  }, timeoutMs);
  return {
    signal: AbortSignal.any([silence.signal, outer]),
    heard: () => void timer.refresh(),
    end: () => clearTimeout(timer),
  };
}

function readable(response: Response, watch: Watch): ArchiveResponse {
  const { status, headers } = response;
  const chunks = readChunks(response, watch);
  return {
    status,
    headers,
    chunks,
    cancel: async () => {
      watch.end();
      await response.body?.cancel();
    },
    bytes: async (maxBytes) => {
      const parts: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of chunks) {
        length += chunk.length;
        if (length > maxBytes) throw new JetstreamError(`the archive's answer has more than ${maxBytes} bytes`);
        parts.push(chunk);
      }
      return Buffer.concat(parts);
    },
  };
}

/** Holds the response itself: fetch ends the body of one that nobody holds, as if all of it had come. */
async function* readChunks(response: Response, watch: Watch): AsyncGenerator<Uint8Array> {
  try {
    watch.heard();
    for await (const chunk of response.body ?? []) {
      watch.heard();
      yield chunk;
    }
  } catch (error) {
    throw translate(error, watch.signal);
  } finally {
    watch.end();
  }
}

async function refusal({ status, headers, bytes }: ArchiveResponse): Promise<JetstreamError> {
  const body = await bytes(MAX_ERROR_BYTES).catch(() => Buffer.alloc(0)); // the status alone says enough
  const error = errorOfBody(status, body.toString(), readRetryAfter(headers.get('retry-after')));
  if (!(error instanceof UnauthorizedError)) return error;
  return new UnauthorizedError(`${error.message}. Set JETSTREAM_API_KEY to a valid key.`); // the live stream takes none
}

/** What fetch throws says nothing of use: its cause does. */
function translate(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof JetstreamError) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new UnavailableError(`the archive can't be reached: ${why}`, { cause: error });
}
