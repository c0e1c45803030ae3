import { DiagLogLevel, diag } from '@opentelemetry/api';
import type { Sampler } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import { pause } from '../sleep.ts';
import type { TelemetryOptions } from './config.ts';
import { isTracing } from './span.ts';

/** How long the end of a process waits for a receiver that doesn't answer. */
const LAST_EXPORT_MS = 2_000;
/** The SDK repeats its warnings while a receiver is away. */
const QUIET_MS = 60_000;

/**
 * Starts sending spans when there is an endpoint; call it before anything that makes spans. Dispose it last: that sends the
 * remaining spans. Without an endpoint the SDK is not loaded.
 */
export async function startTelemetry(options: TelemetryOptions, log: Logger): Promise<AsyncDisposable> {
  if (options.endpoint === undefined) return { [Symbol.asyncDispose]: async () => {} };
  const { startNodeSdk } = await import('@opentelemetry/sdk-node');
  const sampler = await makeSampler(options.samplingRatio);
  const sdk = startNodeSdk({
    logLevel: 'none',
    resourceAttributes: { ...options.resource },
    metricReaders: [], // Prometheus reads the metrics
    logRecordProcessors: [],
    ...(sampler && { sampler }),
  });
  logTroubles(log);
  if (isTracing()) log.info({ endpoint: options.endpoint }, 'sending traces');
  else log.warn('OTEL_EXPORTER_OTLP_ENDPOINT is set, yet other OTEL_ settings leave nothing to send');
  return {
    [Symbol.asyncDispose]: async () => {
      const late = new AbortController();
      const inTime = pause(LAST_EXPORT_MS, late.signal);
      await Promise.race([sdk.shutdown().catch(() => {}), inTime]); // logTroubles() logs what fails
      late.abort();
    },
  };
}

/**
 * A caller's `sampled` flag doesn't bypass the ratio; otherwise callers would decide what we record. The trace id decides, so that
 * services with one ratio keep the same traces.
 */
async function makeSampler(ratio: number | undefined): Promise<Sampler | undefined> {
  if (ratio === undefined) return undefined;
  const { ParentBasedSampler, TraceIdRatioBasedSampler } = await import('@opentelemetry/sdk-trace');
  const root = new TraceIdRatioBasedSampler(ratio);
  return new ParentBasedSampler({ root, remoteParentSampled: root });
}

/** Sends the SDK's own warnings to the log, each at most once a minute. */
function logTroubles(log: Logger): void {
  const saidAt = new Map<string, number>();
  const say = (message: string) => {
    const now = performance.now();
    if (now - (saidAt.get(message) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    if (saidAt.size > 100) saidAt.clear();
    saidAt.set(message, now);
    log.warn(`telemetry: ${message.slice(0, 500)}`);
  };
  const silent = () => {};
  const logger = { error: say, warn: say, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
