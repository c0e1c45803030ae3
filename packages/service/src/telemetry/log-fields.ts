import { isSpanContextValid, trace } from '@opentelemetry/api';

/** `trace_id` and `span_id` of what runs now, nothing outside of a trace: each log line bears them. */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
}
