export { type Backoff, backoff } from './backoff.ts';
export { ConfigError, readConfig } from './config.ts';
export { address, durationMs, listenAddress } from './config-types.ts';
export { createHttpServer, type HttpServer, type HttpServerOptions } from './http/server.ts';
export { XrpcError } from './http/xrpc-error.ts';
export type { ZodTypeProvider } from './http/zod.ts';
export { listenOrExplain } from './listen.ts';
export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export {
  createMetricsServer,
  type HealthCheck,
  type MetricsServer,
  type MetricsServerOptions,
} from './metrics-server.ts';
export { runService, type ServiceContext } from './run-service.ts';
export { SetupError } from './setup-error.ts';
export { sleep } from './sleep.ts';
