import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { DATABASE } from './databases.ts';

/** ClickHouse's address with a login in it, as fetch takes it. */
function readAddress(text: string): { url: string; headers: Record<string, string> } {
  const { origin, username, password } = new URL(text);
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
  const response = await fetch(`${url}/?${query.toString()}`, { method: 'POST', body: sql, headers });
  if (!response.ok || response.body === null) throw new Error(`${sql}: ${await response.text()}`);
  for await (const line of createInterface({
    input: Readable.fromWeb(response.body),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    yield JSON.parse(line) as Record<string, unknown>;
  }
}

export async function readAll(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const row of readRows(url, sql)) rows.push(row);
  return rows;
}
