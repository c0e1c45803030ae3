/*
 * In: the error that a Jetstream host answered with, as status, `error` and `message`. Out: an error of its own type.
 * Keeps: what may succeed later is an UnavailableError and nothing else is.
 */

import {
  ConsumerTooSlowError,
  CursorTooOldError,
  InvalidRequestError,
  JetstreamError,
  SegmentNotFoundError,
  UnauthorizedError,
  UnavailableError,
  UnknownZstdDictionaryError,
} from './errors.ts';

/** What a host said: its HTTP status, or undefined for a frame of the stream, and the name and sentence of its error. */
export interface WireError {
  readonly status: number | undefined;
  /** '' where the answer names none. */
  readonly error: string;
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
}

/** The error that a host's answer stands for. Never throws. */
export function errorOf(wire: WireError): JetstreamError {
  const { status } = wire;
  const says = sentence(wire);
  const byName = BY_NAME.get(wire.error);
  if (byName !== undefined) return new byName(says);
  if (status === 401 || status === 403) return new UnauthorizedError(says);
  if (status === 404 || status === 410) return new SegmentNotFoundError(says);
  if (isPassing(status)) return new UnavailableError(says, { status, retryAfterMs: wire.retryAfterMs });
  return status === undefined ? new JetstreamError(says) : new InvalidRequestError(says);
}

/** The error of a body that may be JSON (`{"error","message"}`) or plain text. */
export function errorOfBody(status: number, body: string, retryAfterMs?: number): JetstreamError {
  return errorOf({ status, ...readBody(body), retryAfterMs });
}

const MAX_MESSAGE_LENGTH = 500;
/** What a host may ask for at most. */
const MAX_RETRY_AFTER_MS = 15 * 60_000;

/** `Retry-After` in seconds or as a date, at most 15 minutes; undefined when it is missing or neither. */
export function readRetryAfter(value: string | null | undefined): number | undefined {
  if (value === null || value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS) : undefined;
}

const BY_NAME: ReadonlyMap<string, new (message: string) => JetstreamError> = new Map([
  ['CursorTooOld', CursorTooOldError],
  ['UnknownZstdDictionary', UnknownZstdDictionaryError],
  ['InvalidRequest', InvalidRequestError],
  ['ConsumerTooSlow', ConsumerTooSlowError],
  ['SegmentNotFound', SegmentNotFoundError],
  ['BlockNotFound', SegmentNotFoundError],
  ['DictionaryNotFound', SegmentNotFoundError],
]);

function isPassing(status: number | undefined): boolean {
  return status === 408 || status === 425 || status === 429 || (status !== undefined && status >= 500);
}

function sentence({ status, error, message }: WireError): string {
  const head = [status === undefined ? '' : `HTTP ${status}`, error].filter((part) => part !== '').join(' ');
  const text = message === '' ? '' : `: ${message}`;
  return `the Jetstream host answered ${head === '' ? 'with an error' : head}${text}`.slice(0, MAX_MESSAGE_LENGTH);
}

function readBody(body: string): { readonly error: string; readonly message: string } {
  try {
    const value: unknown = JSON.parse(body);
    const error: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'error') : undefined;
    const message: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'message') : undefined;
    return { error: nameOf(error), message: typeof message === 'string' ? message.slice(0, MAX_MESSAGE_LENGTH) : '' };
  } catch {
    return { error: '', message: body.trim().slice(0, MAX_MESSAGE_LENGTH) }; // v1 answers in plain text
  }
}

/** The name of an error: an identifier; anything else a host sends is not repeated. */
export function nameOf(error: unknown): string {
  return typeof error === 'string' && /^[A-Za-z]{1,64}$/.test(error) ? error : '';
}
