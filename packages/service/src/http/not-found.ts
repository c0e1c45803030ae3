import { sendError } from './errors.ts';
import { MethodNotAllowedError, MethodNotImplementedError, NotFoundError } from './named-errors.ts';
import type { HttpServer } from './server.ts';
import type { XrpcError } from './xrpc-error.ts';

/**
 * 405 where the path exists for other methods only, 501 MethodNotImplemented for an unknown /xrpc/ method (as the
 * reference server answers), 404 for the rest.
 */
export function answerUnknownRoutes(app: HttpServer): void {
  const routes: Route[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const methods = [method].flat().filter((name) => name !== 'OPTIONS'); // CORS answers those on every path
    routes.push({ segments: url.split('/'), methods });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = allowedMethods(routes, path.split('/'));
    const isWrongMethod = allowed.length > 0 && !allowed.includes(request.method); // a route of files has the method, and not the file
    sendError(reply, isWrongMethod ? wrongMethod(request.method, allowed) : unknownPath(path));
  });
}

interface Route {
  readonly segments: readonly string[];
  readonly methods: readonly string[];
}

function allowedMethods(routes: readonly Route[], path: readonly string[]): string[] {
  const matching = routes.filter(({ segments }) => matches(segments, path));
  return [...new Set(matching.flatMap(({ methods }) => methods))].toSorted();
}

/** `:name` matches one segment, `*` the rest. */
function matches(segments: readonly string[], path: readonly string[]): boolean {
  if (segments.at(-1) === '*') return segments.slice(0, -1).every((segment, i) => isMatch(segment, path[i]));
  return segments.length === path.length && segments.every((segment, i) => isMatch(segment, path[i]));
}

function isMatch(segment: string, text: string | undefined): boolean {
  return text !== undefined && (segment.startsWith(':') || segment === text);
}

function wrongMethod(method: string, allowed: readonly string[]): XrpcError {
  const list = allowed.join(', ');
  return new MethodNotAllowedError(`${method} is not answered here, only ${list}`, { headers: { allow: list } });
}

function unknownPath(path: string): XrpcError {
  return path.startsWith('/xrpc/')
    ? new MethodNotImplementedError('this service does not have that method')
    : new NotFoundError('there is nothing at this path');
}
