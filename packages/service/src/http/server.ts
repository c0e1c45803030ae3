import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import cors from '@fastify/cors';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from '../logger.ts';
import { declareErrors } from './declared-errors.ts';
import { answerBadUrl, answerErrors, createClientErrorHandler, type ErrorClassifier, schemaError } from './errors.ts';
import { UriTooLongError } from './named-errors.ts';
import { answerUnknownRoutes } from './not-found.ts';
import { createRequestLog } from './request-log.ts';
import { SAFE_HEADERS } from './safe-headers.ts';
import { traceRequests } from './tracing.ts';

/** A Fastify instance whose route schemas are zod types. */
export type HttpServer = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

export interface HttpServerOptions {
  readonly log: Logger;
  /** Longest body in bytes; default 256 KiB. */
  readonly maxBodyBytes?: number;
  /** Longest path and query in characters; default 8,192, and Node itself takes no head over 16 KiB. */
  readonly maxUrlLength?: number;
  /** How long a handler may take before its caller gets a 503 and request.signal is aborted; default 30 s. 0 for none:
   * the timer costs a fifth of the requests a second where a reply takes no time at all. */
  readonly handlerTimeoutMs?: number;
  /** From the first byte of a request to its last; then its sender gets a 408. Default 10 s. */
  readonly requestTimeoutMs?: number;
  /** Which proxies are believed about the caller's address: true for all, or a list of networks; default none. */
  readonly trustProxy?: boolean | string | string[];
  /** Origins whose pages may call, or '*' for all; default none. */
  readonly corsOrigins?: readonly string[];
  /** The answers for the app's own errors, such as those of its databases; what it doesn't know is a 500. */
  readonly classifyError?: ErrorClassifier;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** How often Node checks for requests that take too long. */
const LOOK_INTERVAL_MS = 1_000;

/**
 * An HTTP server without routes, not yet listening: every error is an XRPC error ({error, message}) and never shows a
 * stack, each reply has an x-request-id and safe headers, bodies and URLs are bounded. `close()` finishes the requests under way first.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { log, maxUrlLength = 8192, corsOrigins = [], requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const clientErrors = createClientErrorHandler();
  const app: HttpServer = fastify<Server>({
    // Its own lines at info say where it listens, as serveHttp does.
    loggerInstance: log.isLevelEnabled('info') ? log.child({}, { level: 'warn' }) : log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    childLoggerFactory: (_own, bindings) => createRequestLog(log, bindings),
    genReqId: requestId,
    bodyLimit: options.maxBodyBytes ?? 256 * 1024,
    handlerTimeout: options.handlerTimeoutMs ?? 30_000,
    requestTimeout: requestTimeoutMs,
    http: {
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(LOOK_INTERVAL_MS, requestTimeoutMs),
    },
    trustProxy: options.trustProxy ?? false,
    return503OnClosing: false, // requests that still come on open connections are answered, with `connection: close`
    forceCloseConnections: 'idle',
    clientErrorHandler: clientErrors.answer,
    routerOptions: { maxParamLength: maxUrlLength, onBadUrl: answerBadUrl },
  }).withTypeProvider<ZodTypeProvider>();
  traceRequests(app);
  validateRequests(app);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SAFE_HEADERS).header('x-request-id', request.id);
    done(request.url.length > maxUrlLength ? tooLong(maxUrlLength) : undefined);
  });
  if (corsOrigins.length > 0) allowOrigins(app, corsOrigins);
  app.addHook('onResponse', (request, _reply, done) => {
    clientErrors.noteAnswer(request);
    done();
  });
  answerErrors(app, options.classifyError);
  declareErrors(app);
  answerUnknownRoutes(app);
  return app;
}

/** Their pages also read when to ask again. */
function allowOrigins(app: HttpServer, origins: readonly string[]): void {
  void app.register(cors, { origin: origins.includes('*') ? '*' : [...origins], exposedHeaders: ['retry-after'] });
}

/** Answers are not validated: the compiler and the tests do that. */
function validateRequests(app: HttpServer): void {
  app.setValidatorCompiler(validatorCompiler);
  app.setSchemaErrorFormatter(schemaError);
  app.setSerializerCompiler(() => (reply) => JSON.stringify(reply));
}

function tooLong(maxUrlLength: number): UriTooLongError {
  return new UriTooLongError(`path and query may have ${maxUrlLength} characters together`);
}

/** The caller's x-request-id when it is a plain one, so that a request can be followed through several services. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}
