import { ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { InternalServerError, InvalidRequestError } from './named-errors.ts';
import { SAFE_HEADERS } from './safe-headers.ts';
import type { HttpServer } from './server.ts';
import { XrpcError } from './xrpc-error.ts';

/** The answer for one of an app's own errors; undefined for every other error. */
export type ErrorClassifier = (error: unknown) => XrpcError | undefined;

declare module 'fastify' {
  interface FastifyInstance {
    /** The answer for what a route threw. Our own faults are logged, once, and not told. */
    answerFor(request: FastifyRequest, error: unknown): XrpcError;
  }
}

/** Turns what a route threw into an XRPC error. Our own faults are logged here, once, and not told to the caller. */
export function answerErrors(app: HttpServer, classify: ErrorClassifier = () => undefined): void {
  app.decorate('answerFor', (request: FastifyRequest, error: unknown) => {
    const answer = toXrpcError(error, classify);
    if (answer.status >= 500) logFault(request, answer, error);
    return answer;
  });
  app.setErrorHandler((error: unknown, request, reply) => {
    if (hasCallerGone(error, request, reply)) {
      request.log.debug({ method: request.method, route: request.routeOptions.url }, 'the caller has gone');
      reply.raw.destroy();
      return;
    }
    sendError(reply, app.answerFor(request, error));
  });
}

/** The request broke off, or its work was aborted since the caller had left: nobody waits for an answer, nothing is wrong. */
function hasCallerGone(error: unknown, request: FastifyRequest, reply: FastifyReply): boolean {
  if (!reply.raw.destroyed && request.raw.socket.writable) return false;
  return error === request.raw.errored || (error instanceof DOMException && error.name === 'AbortError');
}

/** When to come back, where the error itself doesn't say. */
const RETRY_AFTER: Readonly<Record<number, Readonly<Record<string, string>>>> = { 503: { 'retry-after': '10' } };

export function sendError(reply: FastifyReply, answer: XrpcError): void {
  void reply
    .code(answer.status)
    // a route may have set others before it failed
    .headers({ ...RETRY_AFTER[answer.status], ...answer.headers, 'cache-control': 'no-store' })
    .type('application/json; charset=utf-8')
    .send({ error: answer.error, message: answer.message });
}

/** For a path such as `/%zz`, which reaches no route: Fastify hands over Node's own response. */
export function answerBadUrl(_path: string, _request: unknown, response: unknown): void {
  if (!(response instanceof ServerResponse)) return;
  const body = JSON.stringify({ error: 'InvalidRequest', message: 'the path of the request is malformed' });
  response.writeHead(400, { ...SAFE_HEADERS, 'content-type': 'application/json; charset=utf-8' }).end(body);
}

/**
 * Answers bytes that are not a whole request, which no route sees. When the request was answered before its body was complete,
 * it only closes the connection: the caller would take a second answer for that of its next request.
 */
export function createClientErrorHandler(): ClientErrorHandler {
  const answered = new WeakSet<Socket>();
  return {
    noteAnswer: ({ raw }) => {
      if (raw.complete) answered.delete(raw.socket);
      else answered.add(raw.socket);
    },
    answer: (error, socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable || answered.has(socket)) socket.destroy();
      else socket.end(clientErrorReply(error.code));
    },
  };
}

export interface ClientErrorHandler {
  /** Call it for each request that was answered. */
  noteAnswer(request: FastifyRequest): void;
  answer(error: Error & { code?: string }, socket: Socket): void;
}

function clientErrorReply(code: string | undefined): string {
  const status = CLIENT_ERRORS[code ?? ''] ?? 400;
  const phrase = STATUS_CODES[status] ?? '';
  const body = JSON.stringify({ error: errorName(status), message: phrase });
  return (
    `HTTP/1.1 ${status} ${phrase}\r\ncontent-type: application/json; charset=utf-8\r\n${RAW_HEADERS}` +
    `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
  );
}

const RAW_HEADERS = Object.entries(SAFE_HEADERS)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

const CLIENT_ERRORS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

function toXrpcError(error: unknown, classify: ErrorClassifier): XrpcError {
  if (error instanceof XrpcError) return error;
  const known = classify(error);
  if (known !== undefined) return known;
  const [status, message] = isFastifyError(error) ? [error.statusCode ?? 500, error.message] : [500, ''];
  const isOurs = status >= 500 && status !== 503;
  return isOurs
    ? new InternalServerError('something went wrong here')
    : new XrpcError(status, errorName(status), message);
}

/** The error for what a schema refused: names each field, and what was expected there. */
export function schemaError(issues: readonly { instancePath: string; message?: string }[]): XrpcError {
  const faults = issues.map(({ instancePath, message = '' }) => {
    const path = instancePath.slice(1).replaceAll('/', '.');
    return path === '' ? message : `${path}: ${message}`;
  });
  return new InvalidRequestError(faults.join('; '));
}

/** Fastify's own errors (body too large, unsupported media type, …) have codes of this prefix. */
function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
}

function logFault(request: FastifyRequest, answer: XrpcError, error: unknown): void {
  const where = { method: request.method, route: request.routeOptions.url, status: answer.status, err: error };
  if (answer.status === 500) request.log.error(where, 'request failed');
  else request.log.warn(where, 'request could not be served');
}

/** The name of Fastify's and Node's own errors of this status. */
function errorName(status: number): string {
  return NAMES[status] ?? 'InvalidRequest';
}

const NAMES: Readonly<Record<number, string>> = {
  404: 'NotFound',
  406: 'NotAcceptable',
  408: 'RequestTimeout',
  413: 'PayloadTooLarge',
  414: 'UriTooLong',
  415: 'UnsupportedMediaType',
  431: 'HeadersTooLarge',
  503: 'NotEnoughResources',
};
