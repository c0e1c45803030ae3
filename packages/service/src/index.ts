export { type Backoff, backoff } from './backoff.ts';
export { readBuildInfo } from './build-info.ts';
export { ConfigError, readConfig } from './config.ts';
export { address, durationMs, listenAddress, parseDuration, someTimeMs } from './config-types.ts';
export { limitConnections } from './connection-limit.ts';
export { flag, flagOn } from './environment/flag.ts';
export { list } from './environment/list.ts';
export type { LogLevel } from './environment/log-level.ts';
export { isLoopbackHost, requireLoopback } from './environment/loopback.ts';
export { corsOrigins, origin } from './environment/origin.ts';
export { trustedProxies } from './environment/proxies.ts';
export { serviceEnvironment } from './environment/service-environment.ts';
export { wholeNumber } from './environment/whole-number.ts';
export { every } from './every.ts';
export { count, lasting } from './format.ts';
export { checkHealth } from './health-check.ts';
export { type ApiDescription, addRoutes } from './http/api.ts';
export { callerKey } from './http/caller-key.ts';
export { drainEnvironment } from './http/drain.ts';
export type { ErrorClassifier } from './http/errors.ts';
export { matchesEtag } from './http/etag.ts';
export { atMostOnce, onceOf, optionalOnce } from './http/fields.ts';
export * from './http/named-errors.ts';
export { answerPatiently, LINES } from './http/patience.ts';
export { serveHttp } from './http/serve.ts';
export { createHttpServer, type HttpServer } from './http/server.ts';
export { type ErrorKind, type NamedErrorClass, namedError, XrpcError } from './http/xrpc-error.ts';
export { parseJson } from './json.ts';
export { LimitError } from './limits/limit-error.ts';
export { createRateLimit, type Rate, type RateLimit } from './limits/rate-limit.ts';
export { createTurns, type Turns } from './limits/turns.ts';
export { listenOrExplain } from './listen.ts';
export { createLogger, type Logger } from './logger.ts';
export {
  createMetricsServer,
  type HealthCheck,
} from './metrics-server.ts';
export { addProcessMetrics } from './process-metrics.ts';
export { type ProgressOutput, startProgressBar } from './progress-bar.ts';
export { runService, type ServiceContext } from './run-service.ts';
export { SetupError } from './setup-error.ts';
export { pause, sleep } from './sleep.ts';
export { type TelemetryOptions, telemetryOptions } from './telemetry/config.ts';
export {
  endSpan,
  inSameTrace,
  inSpan,
  inTrace,
  isRecorded,
  type Span,
  type SpanOptions,
  startSpan,
  traceHeaders,
} from './telemetry/span.ts';
export { startTelemetry } from './telemetry/start.ts';
