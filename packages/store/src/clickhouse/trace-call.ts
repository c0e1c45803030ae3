import { inSpan, isRecorded, type Span, type SpanOptions, startSpan } from '@updraft/service';
import type { CallSite } from './translate-error.ts';

/** What is called: a statement, or an insert of bytes into a table. */
export type TracedCall = { readonly sql: string } | { readonly table: string; readonly bytes: number };

/** Runs a call as a span of the trace that it belongs to, if any. The statement has no values in it: those are parameters. */
export function traceCall<T>(site: CallSite, call: TracedCall, work: () => Promise<T>): Promise<T> {
  return isRecorded() ? inSpan(nameOf(site, call), describe(site, call), work) : work();
}

/** The same for rows that come bit by bit: end it with endSpan(). */
export function startCallSpan(site: CallSite, call: TracedCall): Span | undefined {
  return isRecorded() ? startSpan(nameOf(site, call), describe(site, call)) : undefined;
}

const MAX_STATEMENT = 1_000;

function nameOf({ database }: CallSite, call: TracedCall): string {
  if ('table' in call) return `INSERT ${call.table}`;
  const table = /\b(?:FROM|INTO)\s+([\w.]+)/i.exec(call.sql)?.[1];
  return `${operationOf(call.sql)} ${table ?? database}`;
}

function operationOf(sql: string): string {
  return (/^\s*([a-z]+)/i.exec(sql)?.[1] ?? 'QUERY').toUpperCase();
}

/** Names: https://opentelemetry.io/docs/specs/semconv/database/database-spans/ */
function describe({ database, url }: CallSite, call: TracedCall): SpanOptions {
  const where = { 'db.system.name': 'clickhouse', 'db.namespace': database, 'server.address': url.hostname };
  const what =
    'table' in call
      ? { 'db.operation.name': 'INSERT', 'db.collection.name': call.table, 'updraft.bytes': call.bytes }
      : {
          'db.operation.name': operationOf(call.sql),
          'db.query.text': call.sql.replaceAll(/\s+/g, ' ').slice(0, MAX_STATEMENT),
        };
  return { kind: 'client', attributes: { ...where, ...what } };
}
