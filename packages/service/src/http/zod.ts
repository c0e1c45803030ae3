import type { FastifyTypeProvider } from 'fastify';
import { z } from 'zod';
import { XrpcError } from './xrpc-error.ts';

/** Types a route's params, querystring, headers and body by the zod types in its `schema`. */
export interface ZodTypeProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  readonly serializer: this['schema'] extends z.ZodType ? z.input<this['schema']> : unknown;
}

/** Fastify's validator compiler: a fault is an InvalidRequest that names the field and says what was expected. */
export function zodValidator({
  schema,
}: {
  schema: unknown;
}): (value: unknown) => { value: unknown } | { error: Error } {
  if (!(schema instanceof z.ZodType)) throw new TypeError('a route schema must be a zod type');
  return (value) => {
    const result = schema.safeParse(value);
    if (result.success) return { value: result.data };
    return { error: new XrpcError(400, 'InvalidRequest', result.error.issues.map(describeIssue).join('; ')) };
  };
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
