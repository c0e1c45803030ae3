import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpServer } from './server.ts';
import { errorName, XrpcError } from './xrpc-error.ts';

/** Turns whatever a route threw into an XRPC error; what is our fault is logged here, once, and told to nobody else. */
export function answerErrors(app: HttpServer): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    const answer = toXrpcError(error);
    if (answer.status >= 500) logFault(request, answer, error);
    sendError(reply, answer);
  });
}

export function sendError(reply: FastifyReply, answer: XrpcError): void {
  void reply
    .code(answer.status)
    .headers(answer.headers)
    .type('application/json; charset=utf-8') // a route may have set another one before it failed
    .send({ error: answer.error, message: answer.message });
}

/** For a path such as `/%zz`, which reaches no route: Fastify hands over Node's own response. */
export function answerBadUrl(_path: string, _request: unknown, response: unknown): void {
  if (!(response instanceof ServerResponse)) return;
  const body = JSON.stringify({ error: 'InvalidRequest', message: 'the path of the request is malformed' });
  response.writeHead(400, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}

/** For bytes that are no HTTP request: Node's parser gives up before any request exists. */
export function answerClientErrors(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, phrase] = CLIENT_ERRORS[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = JSON.stringify({ error: errorName(status), message: phrase });
  socket.end(
    `HTTP/1.1 ${status} ${phrase}\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

function toXrpcError(error: unknown): XrpcError {
  if (error instanceof XrpcError) return error;
  if (!isFastifyError(error)) return new XrpcError(500, 'InternalServerError', 'something went wrong here');
  const status = error.statusCode ?? 500;
  return status >= 500 && status !== 503
    ? new XrpcError(500, 'InternalServerError', 'something went wrong here')
    : new XrpcError(status, errorName(status), error.message);
}

/** Fastify's own errors (body too large, unsupported media type, …) have codes of this prefix. */
function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
}

function logFault(request: FastifyRequest, answer: XrpcError, error: unknown): void {
  const where = { method: request.method, route: request.routeOptions.url, status: answer.status, err: error };
  if (error instanceof XrpcError) request.log.warn(where, 'request could not be served');
  else request.log.error(where, 'request failed');
}
