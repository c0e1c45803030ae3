import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeSegment } from '../segment/encode-segment.ts';
import { likeRow } from '../segment/rows.fixture.ts';

/** A sealed segment as the server of these tests has it. */
export interface ServedSegment {
  readonly name: string;
  readonly bytes: Buffer;
  readonly checksum: string;
  readonly minSeq: number;
  readonly maxSeq: number;
}

/** Likes of these seqs, `perBlock` in each block. */
export async function likeSegment(name: string, first: number, last: number, perBlock = 10): Promise<ServedSegment> {
  const rows = Array.from({ length: last - first + 1 }, (_, i) => likeRow(first + i));
  const blocks = Array.from({ length: Math.ceil(rows.length / perBlock) }, (_, i) => ({
    rows: rows.slice(i * perBlock, (i + 1) * perBlock),
  }));
  return { name, ...(await encodeSegment(blocks)), minSeq: first, maxSeq: last };
}

export interface ArchiveServer {
  readonly address: string;
  segments: ServedSegment[];
  /** Every request that came: its method, and its headers. */
  readonly seen: { readonly method: string; readonly headers: IncomingMessage['headers'] }[];
  /** Answers instead, where it returns true. */
  intercept: (method: string, response: ServerResponse, request: IncomingMessage) => boolean;
  close(): Promise<void>;
}

/** A small archive on a port of this machine: plans of whole segments, ranges, If-Range. */
export async function startArchive(segments: ServedSegment[]): Promise<ArchiveServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const method = url.pathname.split('.').at(-1) ?? '';
    archive.seen.push({ method, headers: request.headers });
    if (archive.intercept(method, response, request)) return;
    if (method === 'planSnapshot') return void answerPlan(archive, request, response);
    if (method === 'listSegments') return sendJson(response, { segments: archive.segments.map(listed) });
    const segment = archive.segments.find(({ name }) => name === url.searchParams.get('name'));
    if (segment === undefined) return sendJson(response, { error: 'SegmentNotFound', message: 'gone' }, 404);
    sendSegment(segment, request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const archive: ArchiveServer = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    segments,
    seen: [],
    intercept: () => false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return archive;
}

function listed({ name, bytes, checksum, minSeq, maxSeq }: ServedSegment): object {
  const [minWitnessedAt, maxWitnessedAt] = [likeRow(minSeq).witnessedAt, likeRow(maxSeq).witnessedAt];
  const eventCount = maxSeq - minSeq + 1;
  return {
    name,
    index: 0,
    sizeBytes: bytes.length,
    checksum,
    eventCount,
    minSeq,
    maxSeq,
    minWitnessedAt,
    maxWitnessedAt,
  };
}

async function answerPlan(
  { segments }: ArchiveServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const { afterSeq, beforeSeq } = JSON.parse(Buffer.concat(parts).toString()) as {
    afterSeq: number;
    beforeSeq?: number;
  };
  const sealedTipSeq = Math.min(segments.at(-1)?.maxSeq ?? 0, beforeSeq ?? Number.MAX_SAFE_INTEGER);
  const wanted = segments.filter(({ minSeq, maxSeq }) => maxSeq > afterSeq && minSeq <= sealedTipSeq).slice(0, 2);
  sendJson(response, {
    plannedThroughSeq: Math.min(wanted.at(-1)?.maxSeq ?? sealedTipSeq, sealedTipSeq),
    sealedTipSeq,
    segments: wanted.map(({ name, checksum, minSeq, maxSeq }, index) => ({
      name,
      index,
      checksum,
      minSeq,
      maxSeq,
      mode: 'segment',
    })),
    stats: {},
  });
}

export function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function sendSegment(
  { bytes, checksum }: ServedSegment,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const etag = `"${checksum}"`;
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  const isFresh = headers['if-range'] === undefined || headers['if-range'] === etag;
  const from = Number(range?.[1] ?? 0);
  if (range === null || !isFresh) {
    response.writeHead(200, { etag, 'content-length': bytes.length }).end(bytes);
  } else if (from >= bytes.length) {
    response.writeHead(416, { etag, 'content-range': `bytes */${bytes.length}` }).end();
  } else {
    const part = bytes.subarray(from, range[2] === '' ? undefined : Number(range[2]) + 1);
    response.writeHead(206, { etag, 'content-length': part.length }).end(part);
  }
}
