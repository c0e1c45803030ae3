import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { DATABASE } from './databases.ts';

/** Until the first row. A later pause is the reader's own, or ends with the server. */
const ANSWER_MS = 90_000;

/** ClickHouse's address with a login in it, for a request. */
function readAddress(address: string): { url: string; headers: Record<string, string> } {
  const { origin, username, password } = new URL(address);
  return { url: origin, headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password } };
}

/** The rows of a query, streamed, as objects; 64-bit integers come as strings. Uses nothing of the project's own client. */
export async function* readRows(address: string, sql: string): AsyncGenerator<Record<string, unknown>> {
  const query = new URLSearchParams({
    database: DATABASE,
    default_format: 'JSONEachRow',
    output_format_json_quote_64bit_integers: '1',
  });
  const { url, headers } = readAddress(address);
  // A connection of its own: the server closes one that is idle, while the truth is computed and nobody listens.
  const asked = request(`${url}/?${query.toString()}`, { method: 'POST', headers, agent: false }).end(sql);
  const late = setTimeout(() => asked.destroy(new Error(`${sql}: no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
  const [response] = (await once(asked, 'response').finally(() => clearTimeout(late))) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${sql}: ${await text(response)}`);
  for await (const line of createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY })) {
    yield JSON.parse(line) as Record<string, unknown>;
  }
  if (!response.complete) throw new Error(`${sql}: the answer broke off`);
}

export async function readAll(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const row of readRows(url, sql)) rows.push(row);
  return rows;
}
