import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createDeflate, createGzip, createZstdCompress } from 'node:zlib';
import { ClickHouseException, httpStatus } from './errors.ts';
import type { QueryResult } from './native.ts';
import type { ResponseCompression } from './request.ts';

/** What every answer to a query bears. */
export interface ResponseContext {
  readonly response: ServerResponse;
  readonly queryId: string;
  readonly version: string;
  readonly timezone: string;
  readonly format: string;
  readonly compression: ResponseCompression | undefined;
}

export interface Summary {
  readonly rowsRead?: number;
  readonly bytesRead?: number;
  readonly rowsWritten?: number;
  readonly bytesWritten?: number;
  readonly elapsed: number;
}

// As ClickHouse does, a result is held back so long: an error within it still becomes a status, not a broken answer.
const HELD_BYTES = 1024 * 1024;
// A client that takes nothing for so long has gone; its query would hold its place for ever.
const STALLED_MS = 5 * 60_000;
// Clients look for an error in the last 16 KiB of an answer.
const MAX_ERROR_BYTES = 15 * 1024;

/** Answers with a result that stands in a file. */
export async function sendFile(context: ResponseContext, path: string, summary: Summary): Promise<void> {
  const { response, compression } = context;
  setHeaders(context, summary);
  if (compression === undefined) return await pipeline(createReadStream(path), response);
  response.setHeader('Content-Encoding', compression);
  await pipeline(createReadStream(path), createEncoder(compression), response);
}

/** Answers with the whole result. */
export async function sendResult(context: ResponseContext, bytes: Buffer, summary: Summary): Promise<void> {
  const { response } = context;
  setHeaders(context, summary);
  if (context.compression === undefined || bytes.length === 0) {
    response.setHeader('Content-Length', bytes.length);
    response.end(bytes);
    return;
  }
  response.setHeader('Content-Encoding', context.compression);
  const encoder = createEncoder(context.compression);
  encoder.end(bytes);
  await pipeline(encoder, response);
}

/** Answers with a result that is still being made. An error of `finished` after the first bytes ends the stream. */
export async function sendStream(
  context: ResponseContext,
  bytes: AsyncIterator<Buffer, undefined>,
  finished: Promise<QueryResult>,
): Promise<void> {
  const head: Buffer[] = [];
  let headBytes = 0;
  while (headBytes < HELD_BYTES) {
    const { value } = await bytes.next();
    if (value === undefined) return await sendHeld(context, head, finished);
    head.push(value);
    headBytes += value.length;
  }
  await sendRest(context, head, bytes, finished);
}

async function sendHeld(context: ResponseContext, head: Buffer[], finished: Promise<QueryResult>): Promise<void> {
  const result = await finished; // an error here becomes a status
  await sendResult(context, Buffer.concat(head), result);
}

async function sendRest(
  context: ResponseContext,
  head: Buffer[],
  rest: AsyncIterator<Buffer, undefined>,
  finished: Promise<QueryResult>,
): Promise<void> {
  const { response, compression } = context;
  const tag = randomBytes(8).toString('hex');
  setHeaders(context, undefined);
  response.setHeader('X-ClickHouse-Exception-Tag', tag);
  if (compression !== undefined) response.setHeader('Content-Encoding', compression);
  response.socket?.setTimeout(STALLED_MS); // Node closes it then
  let failed = false;
  async function* body(): AsyncGenerator<Buffer> {
    yield* head.splice(0);
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
    const error = await failure(finished);
    failed = error !== undefined;
    if (error !== undefined) yield exceptionTail(error, tag, context.version);
  }
  if (compression === undefined) await pipeline(body, response, { end: false });
  else await pipeline(body, createEncoder(compression), response, { end: false });
  response.socket?.setTimeout(0);
  if (!failed) return void response.end();
  // A client must not take a broken result for a whole one, so the last chunk is never sent.
  response.socket?.destroySoon();
}

function failure(finished: Promise<QueryResult>): Promise<ClickHouseException | undefined> {
  return finished.then(
    () => undefined,
    (error: unknown) => ClickHouseException.fromEngine(error),
  );
}

/** An error behind the beginning of a result, as ClickHouse writes it since 25.11. */
function exceptionTail(error: ClickHouseException, tag: string, version: string): Buffer {
  const text = Buffer.from(errorText(error, version)).subarray(0, MAX_ERROR_BYTES);
  const before = Buffer.from(`\r\n__exception__\r\n${tag}\r\n`);
  const after = Buffer.from(`\n${text.length + 1} ${tag}\r\n__exception__\r\n`);
  return Buffer.concat([before, text, after]);
}

/** Answers with an error, or breaks the answer off when it has begun. */
export function sendError(response: ServerResponse, error: ClickHouseException, version: string): void {
  if (response.headersSent) {
    // an answer that tells its error itself is being broken off already
    if (response.socket?.writableEnded !== true) response.destroy();
    return;
  }
  const text = Buffer.from(`${errorText(error, version)}\n`);
  for (const name of ['Content-Encoding', 'Content-Length']) response.removeHeader(name);
  response.statusCode = httpStatus(error.code);
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.setHeader('X-ClickHouse-Exception-Code', error.code);
  if (error.code === 194 || error.code === 516)
    response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"');
  response.setHeader('Content-Length', text.length);
  response.end(text);
}

function errorText(error: ClickHouseException, version: string): string {
  return `${error.message} (version ${version} (official build))`;
}

function setHeaders(context: ResponseContext, summary: Summary | undefined): void {
  const { response, format } = context;
  response.statusCode = 200;
  response.setHeader('Content-Type', contentType(format));
  response.setHeader('X-ClickHouse-Query-Id', context.queryId);
  response.setHeader('X-ClickHouse-Format', format);
  response.setHeader('X-ClickHouse-Timezone', context.timezone);
  response.setHeader('X-ClickHouse-Server-Display-Name', 'updraft-local');
  response.setHeader('X-ClickHouse-Summary', summaryJson(summary ?? { elapsed: 0 }));
}

/** Numbers are strings, as in ClickHouse. The engine counts rows of the result only, so read_rows is that count. */
function summaryJson(summary: Summary): string {
  const rows = summary.rowsRead ?? summary.rowsWritten ?? 0;
  const bytes = summary.bytesRead ?? summary.bytesWritten ?? 0;
  return JSON.stringify({
    read_rows: String(rows),
    read_bytes: String(bytes),
    written_rows: String(summary.rowsWritten ?? 0),
    written_bytes: String(summary.bytesWritten ?? 0),
    total_rows_to_read: '0',
    result_rows: String(rows),
    result_bytes: String(bytes),
    elapsed_ns: String(Math.round(summary.elapsed * 1e9)),
  });
}

function contentType(format: string): string {
  if (/^JSON\w*EachRow/i.test(format)) return 'application/x-ndjson; charset=UTF-8';
  if (/^JSON/i.test(format)) return 'application/json; charset=UTF-8';
  if (/^CSV/i.test(format)) return 'text/csv; charset=UTF-8; header=present';
  if (/^(?:TSV|TabSeparated)/i.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  if (/^(?:RowBinary|Native|Parquet|Arrow|ORC|Avro|MsgPack|Protobuf)/i.test(format)) return 'application/octet-stream';
  return 'text/plain; charset=UTF-8';
}

function createEncoder(compression: ResponseCompression): Transform {
  switch (compression) {
    case 'gzip':
      return createGzip({ level: 3 });
    case 'deflate':
      return createDeflate({ level: 3 });
    case 'br':
      return createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 3 } });
    default:
      return createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  }
}
