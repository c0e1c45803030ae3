import { noteServerDate } from './clock.ts';

/** Why an answer could not be had, in words for people. */
export class RequestError extends Error {
  /** Of the answer; 0 when there was none. */
  readonly status: number;
  /** The name of the error in the answer, such as `InvalidRequest`; '' where there is none. */
  readonly code: string;
  /** When to ask again, in seconds, if the server said so. */
  readonly retryAfterS: number | undefined;

  constructor(
    message: string,
    status: number,
    { code = '', retryAfterS }: { code?: string; retryAfterS?: number } = {},
  ) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }
}

/** The fault itself, or a fault of this page in its words. */
export function toRequestError(error: unknown): RequestError {
  return error instanceof RequestError ? error : new RequestError(`This went wrong here: ${String(error)}`, 0);
}

/** Asking again would be refused again. */
export function isRefusal({ status }: RequestError): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

export type ChangeMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const TIMEOUT_MS = 15_000;
/** A change may wait for servers of others. */
const CHANGE_TIMEOUT_MS = 65_000;
/** Reading a large repository takes minutes. */
const PATIENT_TIMEOUT_MS = 900_000;
/** Lines that come while an answer takes long, so that nothing on the way cuts the connection; the answer is in the last one. */
const LINES = 'application/x-ndjson';
/** The scheme of addresses at a service whose origin is not known here. */
export const NOWHERE = 'nowhere:';

/** GETs JSON. Only this origin gets the cookie. @throws RequestError */
export function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(url, {}, signal);
}

/** Sends JSON to this origin, with the session's token. useApi() knows the token. @throws RequestError */
export function sendWithToken<T>(
  { method, path, body, csrfToken, isPatient = false }: Change,
  signal?: AbortSignal,
): Promise<T> {
  const headers: Record<string, string> = { 'x-csrf-token': csrfToken };
  if (isPatient) headers['accept'] = `application/json, ${LINES}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const init = { method, headers, credentials: 'same-origin' as const };
  return ask<T>(
    path,
    body === undefined ? init : { ...init, body: JSON.stringify(body) },
    signal,
    isPatient ? PATIENT_TIMEOUT_MS : CHANGE_TIMEOUT_MS,
  );
}

export interface Change {
  readonly method: ChangeMethod;
  readonly path: string;
  readonly body: unknown;
  readonly csrfToken: string;
  /** It may take minutes. */
  readonly isPatient?: boolean | undefined;
}

async function ask<T>(
  url: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  if (url.startsWith(NOWHERE)) throw new RequestError(unknownOrigin(url), 0);
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      cache: 'no-cache', // an answer that a cache may still give is too old for what moves
      ...init,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    if (url.startsWith('/console/api/')) noteServerDate(response.headers.get('date'));
    if (!response.ok) throw await errorOf(response);
    if (response.status === 204) return undefined as T;
    if (response.headers.get('content-type')?.startsWith(LINES) === true) return await lastLineOf<T>(response);
    return (await response.json()) as T;
  } catch (error) {
    if (signal?.aborted === true || error instanceof RequestError) throw error;
    if (error instanceof SyntaxError) throw new RequestError('The server’s answer can’t be read.', 0);
    throw new RequestError(timeout.aborted ? 'The server did not answer in time.' : unreachable(), 0);
  }
}

function unreachable(): string {
  return navigator.onLine ? 'The server can’t be reached.' : 'This device is offline.';
}

function unknownOrigin(url: string): string {
  const [, service = ''] = url.split(':');
  return `This needs the service “${service}”, whose address is not set here (${service.toUpperCase()}_ORIGIN).`;
}

/** Of an answer that is an XRPC error, `{error, message}`. */
export async function errorOf(response: Response): Promise<RequestError> {
  const retryAfterS = Number.parseFloat(response.headers.get('retry-after') ?? '');
  return faultOf(response.status, await response.json().catch(() => undefined), retryAfterS);
}

async function lastLineOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  const { status, body, retryAfterS } = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
  if (status === 200) return body as T;
  if (typeof status === 'number') throw faultOf(status, body, Number(retryAfterS));
  throw new RequestError('The connection broke off before the answer came.', 0);
}

function faultOf(status: number, body: unknown, retryAfterS: number): RequestError {
  const { error, message } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return new RequestError(
    typeof message === 'string' && message !== '' ? sentenceOf(message) : `The server answered ${status}.`,
    status,
    { code: typeof error === 'string' ? error : '', ...(retryAfterS >= 0 && { retryAfterS }) },
  );
}

/** Services write messages as parts of a sentence; one that begins with the name of a field keeps it. */
export function sentenceOf(message: string): string {
  const begun = /^[\w.]+:/.test(message) ? message : message.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/** Errors whose message says what can be done, or that nothing can. */
const SAY_ALL: ReadonlySet<string> = new Set(['AccountServerUnavailable', 'SignInOff']);

/** What its reader can do about it; '' where the message says all. */
export function adviceFor({ status, code, retryAfterS }: RequestError): string {
  if (SAY_ALL.has(code)) return '';
  if (status === 0) return 'Look whether you are connected, then try again.';
  if (status === 401) return 'Sign in again, in another tab to keep what you have written here, then try again.';
  if (status === 403) return 'Your account may not do this. If it should, ask the operator for the role.';
  if (status === 409) return 'It was changed meanwhile: load it again, then repeat your change.';
  if (status === 429) return `Wait ${Math.ceil(retryAfterS ?? 10)} seconds, then try again.`;
  if (status >= 500) return 'Nothing is lost. Try again in a moment.';
  return '';
}
