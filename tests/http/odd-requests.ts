import type { HttpServer } from '@updraft/service';
import fc from 'fast-check';
import { z } from 'zod';

/** What people, programs and attackers put where a value is expected. */
const ODD = [
  '',
  ' ',
  '0',
  '-1',
  '1e9',
  '99999999999999999999',
  'NaN',
  '\u0000',
  '\uFFFE',
  '\u202Ename',
  'e\u0301'.repeat(100),
  'a'.repeat(3_000),
  '%',
  "'; DROP TABLE posts",
  '"\\',
  '{}',
  '[]',
  'null',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  'at://',
  'at://x/y/z',
  'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3l3frqadlo32h',
  'did:plc:x',
  'handle.invalid',
  '2026-13-45',
  'open',
  'club',
];
const oddText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);
const oddValue = fc.oneof(oddText, fc.integer(), fc.constant(null), fc.boolean(), fc.array(oddText, { maxLength: 3 }));

const parameter = z.object({ name: z.string(), in: z.enum(['query', 'path', 'header', 'cookie']) });
const operation = z.object({
  parameters: z.array(parameter).default([]),
  requestBody: z
    .object({
      content: z.object({
        'application/json': z.object({
          schema: z.object({ properties: z.record(z.string(), z.unknown()).default({}) }),
        }),
      }),
    })
    .optional(),
});
const described = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

export interface OddRequest {
  readonly method: string;
  readonly url: string;
  readonly body: object | undefined;
}

/** Requests to each route that the server's /openapi.json describes, in which every parameter and field has odd values, or is there twice or not at all. */
export async function oddRequests(app: HttpServer, ofEach: number): Promise<OddRequest[]> {
  const { paths } = described.parse((await app.inject('/openapi.json')).json());
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters, requestBody }]) => {
      const named = (place: string) => parameters.filter((one) => one.in === place).map(({ name }) => name);
      const fields = Object.keys(requestBody?.content['application/json'].schema.properties ?? {});
      const values = fc.record({
        query: fc.record(Object.fromEntries(named('query').map((name) => [name, oddQuery])), { requiredKeys: [] }),
        path: fc.array(oddText, { minLength: 4, maxLength: 4 }),
        body: fc.record(Object.fromEntries(fields.map((name) => [name, oddValue])), { requiredKeys: [] }),
      });
      const isBare = parameters.length + fields.length === 0;
      return fc.sample(values, { numRuns: isBare ? 1 : ofEach, seed: SEED }).map((value) => ({
        method: method.toUpperCase(),
        url: `${withPath(path, value.path)}?${queryOf(value.query)}`,
        body: requestBody === undefined ? undefined : value.body,
      }));
    }),
  );
}

const SEED = 17;
const oddQuery = fc.array(oddText, { minLength: 1, maxLength: 2 });

function withPath(path: string, texts: readonly string[]): string {
  let next = 0;
  return path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(texts[next++] ?? ''));
}

function queryOf(query: Readonly<Record<string, readonly string[] | undefined>>): string {
  const pairs = Object.entries(query).flatMap(([name, texts = []]) => texts.map((text) => [name, text]));
  return new URLSearchParams(pairs).toString();
}
