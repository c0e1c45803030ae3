/** Why an answer could not be had, in words for people. */
export class RequestError extends Error {
  /** Of the answer; 0 when there was none. */
  readonly status: number;
  /** When to ask again, in seconds, if the server said so. */
  readonly retryAfterS: number | undefined;

  constructor(message: string, status: number, retryAfterS?: number) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}

const TIMEOUT_MS = 15_000;

/** GETs JSON of this origin. @throws RequestError */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(path, { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new RequestError(timeout.aborted ? 'The server did not answer in time.' : 'The server can’t be reached.', 0);
  }
  if (response.ok) return (await response.json()) as T;
  throw await errorOf(response);
}

/** Of an answer that is an XRPC error, `{error, message}`. */
async function errorOf(response: Response): Promise<RequestError> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const body: unknown = await response.json().catch(() => undefined);
  const message =
    typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string'
      ? body.message
      : `The server answered ${response.status}.`;
  return new RequestError(message, response.status, Number.isFinite(retryAfter) ? retryAfter : undefined);
}
