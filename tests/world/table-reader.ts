import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { DATABASE } from './databases.ts';

/** The rows of a query, streamed, as objects; 64-bit integers come as strings. `url` may hold a user and a password. Uses nothing of the project's own client. */
export async function* readRows(url: string, sql: string): AsyncGenerator<Record<string, unknown>> {
  const query = new URLSearchParams({
    database: DATABASE,
    default_format: 'JSONEachRow',
    output_format_json_quote_64bit_integers: '1',
  });
  const { origin, username, password } = new URL(url);
  const response = await fetch(`${origin}/?${query.toString()}`, {
    method: 'POST',
    body: sql,
    headers: username === '' ? {} : { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
  });
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
