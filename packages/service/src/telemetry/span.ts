import {
  type Attributes,
  context,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

export type { Attributes, Span } from '@opentelemetry/api';

export interface SpanOptions {
  /** 'client': a call of another process; 'consumer': messages taken in. */
  readonly kind?: 'internal' | 'client' | 'consumer';
  readonly attributes?: Attributes;
  /** Milliseconds since 1970, when it began before now. */
  readonly startMs?: number;
}

/** Whether spans are made: the SDK was started before. */
export function isTracing(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(NAME) !== undefined;
}

/**
 * Runs the work as a trace of its own: one batch, one build. The span ends with the work and has its error; it is undefined when
 * nothing is recorded.
 */
export function inTrace<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (!isTracing()) return work(undefined);
  return run(tracer().startSpan(name, toOtel(options), ROOT_CONTEXT), work);
}

/**
 * Runs the work as a child of the active span. Outside a recorded trace it makes no span; otherwise each poll of Redis would be a
 * trace of its own.
 */
export function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (!isRecorded()) return work(undefined);
  return run(tracer().startSpan(name, toOtel(options)), work);
}

/** Starts a span whose work is more than one call: end() it. Undefined outside a recorded trace. */
export function startSpan(name: string, options: SpanOptions): Span | undefined {
  return isRecorded() ? tracer().startSpan(name, toOtel(options)) : undefined;
}

/** Whether the active span is part of a recorded trace. */
export function isRecorded(): boolean {
  return trace.getActiveSpan()?.isRecording() === true;
}

/** Ends a span, with the error that its work ended with. */
export function endSpan(span: Span, error?: unknown): void {
  if (error !== undefined) markFailed(span, error);
  span.end();
}

/** `traceparent` and `tracestate` for a request to a server; empty outside a recorded trace. https://www.w3.org/TR/trace-context/ */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  if (isRecorded()) propagation.inject(context.active(), headers);
  return headers;
}

/** The function as part of the trace that is active now, whenever it is called. */
export function inSameTrace<Args extends unknown[], T>(work: (...args: Args) => T): (...args: Args) => T {
  return context.bind(context.active(), work);
}

const NAME = 'updraft';
const KINDS = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER };

export function tracer(): Tracer {
  return trace.getTracer(NAME);
}

export function markFailed(span: Span, error: unknown): void {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  span.setAttribute('error.type', name);
  span.setStatus({ code: SpanStatusCode.ERROR, message: message.slice(0, 500) });
}

function toOtel({ kind = 'internal', attributes = {}, startMs }: SpanOptions) {
  return { kind: KINDS[kind], attributes, ...(startMs !== undefined && { startTime: startMs }) };
}

async function run<T>(span: Span, work: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(context.active(), span), work, undefined, span);
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end();
  }
}
