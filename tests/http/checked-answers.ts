import type { ServerResponse } from 'node:http';
import type { HttpServer } from '@updraft/service';

import { z } from 'zod';

type Reply = Parameters<Parameters<HttpServer['setErrorHandler']>[0]>[2];

/** Looks at all that a server answers. */
export interface CheckedAnswers {
  /** How many answers were looked at. */
  count(): number;
  /** @throws Error that names every answer that its route doesn't declare */
  verify(): void;
}

/** Keeps what watchAnswers() finds. Call before the server is ready. */
export function checkAnswers(app: HttpServer): CheckedAnswers {
  const faults: string[] = [];
  let count = 0;
  watchAnswers(app, (fault) => {
    count += 1;
    if (fault !== undefined) faults.push(fault);
  });
  return {
    count: () => count,
    verify: () => {
      if (faults.length > 0) throw new Error(`answers that are not as declared:\n${faults.join('\n')}`);
    },
  };
}

/**
 * From now on every answer is compared, as it goes out, with what its route declares: the status, the type, and the body,
 * which may have nothing that is not declared.
 */
export function watchAnswers(app: HttpServer, onAnswer: (fault: string | undefined) => void): void {
  app.addHook('onRequest', (request, reply, done) => {
    collectBody(reply.raw, (body) => {
      const fault = findFault(reply, request.routeOptions.schema?.response ?? ANY_ERROR, body);
      onAnswer(fault && `${request.method} ${request.url} ${reply.raw.statusCode}: ${fault}`);
    });
    done();
  });
}

/** The environment of a program whose answers are checked: it ends at the first one that is not as declared. */
export const CHECKED_ANSWERS = { NODE_OPTIONS: `--import=${new URL('checked-program.ts', import.meta.url).href}` };

/** What an unknown path or method answers. */
const xrpcError = z.object({ error: z.string(), message: z.string() });
const ANY_ERROR = { 404: xrpcError, 405: xrpcError, 414: xrpcError, 501: xrpcError };

function collectBody(response: ServerResponse, onEnd: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let isEnding = false; // an injected response's end() writes once more what it is given
  const keep = (chunk: unknown) => {
    if (!isEnding && (typeof chunk === 'string' || chunk instanceof Uint8Array)) chunks.push(Buffer.from(chunk));
  };
  for (const name of ['write', 'end'] as const) {
    const real = response[name].bind(response) as (...args: unknown[]) => never;
    response[name] = (...args: unknown[]) => {
      keep(args[0]);
      isEnding = name === 'end';
      return real(...args);
    };
  }
  response.once('finish', () => onEnd(Buffer.concat(chunks).toString()));
}

function findFault(reply: Reply, declared: unknown, body: string): string | undefined {
  const answer = (declared as Record<string, unknown>)[reply.raw.statusCode];
  if (answer === undefined) return `this status is not declared; ${body.slice(0, 200)}`;
  if (reply.request.method === 'HEAD') return undefined;
  const type = String(reply.getHeader('content-type') ?? '').split(';', 1)[0] ?? '';
  if (answer instanceof z.ZodUndefined) return body === '' ? undefined : 'a body where none is declared';
  if (answer instanceof z.ZodType) return type === 'application/json' ? compareJson(answer, body) : `is ${type}`;
  const { content } = answer as { content: Record<string, { schema: z.ZodType } | undefined> };
  const schema = content[type]?.schema;
  if (schema === undefined) return `the type ${type} is not declared`;
  return type === 'application/json' ? compareJson(schema, body) : compare(schema, body);
}

function compareJson(schema: z.ZodType, body: string): string | undefined {
  try {
    return compare(schema, JSON.parse(body));
  } catch (error) {
    return `${String(error)}: ${body.slice(0, 200)}`;
  }
}

/** What a schema doesn't know it leaves out: a value that comes out as it went in has nothing more. */
function compare(schema: z.ZodType, value: unknown): string | undefined {
  const { success, data, error } = schema.safeParse(value);
  if (!success) return z.prettifyError(error);
  return JSON.stringify(sorted(data)) === JSON.stringify(sorted(value))
    ? undefined
    : `more than is declared: ${JSON.stringify(value).slice(0, 500)}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
}
