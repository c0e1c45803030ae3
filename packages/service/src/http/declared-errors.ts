import type { RouteOptions } from 'fastify';
import { z } from 'zod';
import { InvalidRequestError, OF_BODIES, OF_EVERY_ROUTE } from './named-errors.ts';
import type { HttpServer } from './server.ts';
import type { ErrorKind } from './xrpc-error.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The errors that the route may answer with, besides those of every route. */
    errors?: readonly ErrorKind[];
  }
}

/** Adds a response for each status of its errors to what a route declares. */
export function declareErrors(app: HttpServer): void {
  app.addHook('onRoute', (route) => {
    const kinds = Map.groupBy(errorsOf(route), ({ status }) => status);
    const responses = [...kinds].map(([status, alike]) => [status, errorSchema(alike)]);
    route.schema = {
      ...route.schema,
      response: { ...Object.fromEntries(responses), ...(route.schema?.response as object | undefined) },
    };
  });
}

function errorsOf({ method, schema, config }: RouteOptions): ErrorKind[] {
  const takesBody = !['GET', 'HEAD'].includes(String(method));
  const isChecked = takesBody || [schema?.querystring, schema?.params].some((part) => part !== undefined);
  return [
    ...(isChecked ? [InvalidRequestError] : []),
    ...(config?.errors ?? []),
    ...(takesBody ? OF_BODIES : []),
    ...OF_EVERY_ROUTE,
  ];
}

/** {error, message}, with the names that an error of this status may have. */
function errorSchema(kinds: readonly ErrorKind[]): z.ZodType {
  const names = [...new Set(kinds.map(({ error }) => error))];
  const known = names.filter((name) => name !== undefined);
  const error = known.length < names.length ? z.string() : z.enum(known);
  return z.object({ error, message: z.string() }).describe(names.map((name) => name ?? 'or another name').join(', '));
}
