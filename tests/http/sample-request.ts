import type { Operation } from './routes.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface Described {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema } | undefined>> };
}

export interface SampleRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly url: string;
  readonly body: object | undefined;
}

/** A request that an operation of an /openapi.json takes, with nothing but what it needs. `samples`: values that its schema does not tell, by name. */
export function sampleRequest(
  name: string,
  operation: Operation,
  samples: Readonly<Record<string, unknown>>,
): SampleRequest {
  const [method = '', path = ''] = name.split(' ');
  const { parameters = [], requestBody } = operation as Described;
  const valueOf = (key: string, schema: Schema = {}) => (key in samples ? samples[key] : sampleOf(schema, samples));
  const needed = parameters.filter((one) => one.required === true || one.in === 'path' || one.name in samples);
  const query = new URLSearchParams();
  let url = path;
  for (const { name: key, in: place, schema } of needed) {
    const value = String(valueOf(key, schema));
    if (place === 'path') url = url.replace(`{${key}}`, encodeURIComponent(value));
    else if (place === 'query') query.set(key, value);
  }
  const schema = requestBody?.content['application/json']?.schema;
  const body = schema === undefined ? undefined : (sampleOf(schema, samples) as object);
  return {
    method: method as SampleRequest['method'],
    url: query.size === 0 ? url : `${url}?${query.toString()}`,
    body,
  };
}

function sampleOf(schema: Schema, samples: Readonly<Record<string, unknown>>): unknown {
  const { type, enum: names, minimum = 1, anyOf, items = {}, properties = {}, required = [] } = schema;
  if (names !== undefined) return names[0];
  if (anyOf?.[0] !== undefined) return sampleOf(anyOf[0], samples);
  if (type === 'boolean') return false;
  if (type === 'integer' || type === 'number') return minimum;
  if (type === 'array') return [sampleOf(items, samples)];
  if (type !== 'object') return 'x';
  const named = Object.keys(properties).filter((key) => required.includes(key) || key in samples);
  return Object.fromEntries(
    named.map((key) => [key, key in samples ? samples[key] : sampleOf(properties[key] ?? {}, samples)]),
  );
}
