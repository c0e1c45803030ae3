import type { HttpServer } from '@updraft/service';

/** `GET /repo/{did}` for each route that a server is given from now on, but CORS's, the HEAD beside each GET, and the console's files. */
export function listRoutes(app: HttpServer): readonly string[] {
  const routes: string[] = [];
  app.addHook('onRoute', ({ method, url, schema }) => {
    if (schema?.hide === true) return;
    for (const name of [method].flat()) {
      if (name !== 'HEAD' && name !== 'OPTIONS') routes.push(`${name} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
    }
  });
  return routes;
}

export interface Operation {
  readonly summary: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** The operations of an /openapi.json, by `GET /repo/{did}`. */
export function operationsOf(document: { readonly paths: object }): ReadonlyMap<string, Operation> {
  const paths = Object.entries(document.paths as Record<string, Record<string, Operation>>);
  return new Map(
    paths.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    ),
  );
}
