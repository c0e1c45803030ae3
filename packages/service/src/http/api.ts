import { STATUS_CODES } from 'node:http';
import swagger, { type SwaggerTransformObject } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { z } from 'zod';
import type { HttpServer } from './server.ts';

/** What /openapi.json says besides the routes. */
export type ApiDescription = Pick<OpenAPIV3_1.Document, 'info' | 'servers' | 'components'>;

/**
 * Gives a server its routes, and GET /openapi.json, which describes them by their schemas. The routes come after the plugins of
 * createHttpServer(), such as CORS: a route gets only the hooks that exist when it is added.
 */
export function addRoutes(app: HttpServer, api: ApiDescription, add: (routes: HttpServer) => void): void {
  void app.register(swagger, {
    openapi: { openapi: '3.1.0', ...api },
    transform: jsonSchemaTransform,
    transformObject: (document) => complete(describeComponents(document)),
  });
  void app.register((routes: HttpServer, _options, done) => {
    add(routes);
    const response = { 200: z.record(z.string(), z.unknown()) };
    routes.get('/openapi.json', { schema: { summary: 'This description', response } }, () => ({ ...app.swagger() }));
    done();
  });
}

/** zod's registry of named schemas is the whole process's, for input and output: only those that paths use stay. */
function describeComponents(document: Parameters<SwaggerTransformObject>[0]): OpenAPIV3_1.Document {
  const { components, ...described } = jsonSchemaTransformObject(document) as OpenAPIV3_1.Document;
  const schemas = components?.schemas ?? {};
  const text = JSON.stringify(described.paths);
  const kept = Object.entries(schemas).filter(([name]) => text.includes(`"#/components/schemas/${name}"`));
  return { ...described, components: { ...components, schemas: Object.fromEntries(kept) } };
}

/** Gives a response without a description the phrase of its status, and turns a number's default into a number. */
function complete(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const operations = Object.values(document.paths ?? {}).flatMap((path) => Object.values(path ?? {}));
  for (const { responses, parameters = [] } of operations as OpenAPIV3_1.OperationObject[]) {
    for (const [status, response] of Object.entries(responses ?? {})) {
      if (response.description === 'Default Response') response.description = STATUS_CODES[status] ?? '';
    }
    for (const { schema } of parameters as { schema: OpenAPIV3_1.NonArraySchemaObject }[]) {
      if (schema.type === 'integer' && typeof schema.default === 'string') schema.default = Number(schema.default);
    }
  }
  return document;
}
