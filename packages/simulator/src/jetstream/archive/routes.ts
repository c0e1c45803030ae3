import type { IncomingMessage, ServerResponse } from 'node:http';
import { XRPC_PATH } from '../v2/protocol.ts';
import type { ZstdDictionary } from '../v2/zstd-dictionary.ts';
import type { Archive } from './archive.ts';
import type { ArchiveFaults } from './archive-faults.ts';
import { getSegment } from './get-segment.ts';
import { listSegments } from './list-segments.ts';
import { planSnapshot } from './plan-snapshot.ts';
import { errorReply, type Reply, sendReply } from './reply.ts';

/** What the archive's methods are answered from. */
export interface ArchiveService {
  readonly archive: Archive;
  readonly faults: ArchiveFaults;
  readonly dictionary: ZstdDictionary;
  /** The key that plans and downloads want; undefined = none. */
  readonly apiKey: string | undefined;
  /** Entries of a page of a plan. */
  readonly planEntries: number;
  isUnavailable(): boolean;
}

type Method = (service: ArchiveService, query: URLSearchParams, request: IncomingMessage) => Reply | Promise<Reply>;

const METHODS: Readonly<Record<string, Method>> = {
  planSnapshot,
  listSegments,
  getSegment,
  getBlock,
  getZstdDictionary,
};
const KEYED: ReadonlySet<string> = new Set(['planSnapshot', 'getSegment', 'getBlock']);

/** Answers a request to the archive; false when the path is not one of its methods'. */
export function answerArchive(service: ArchiveService, request: IncomingMessage, response: ServerResponse): boolean {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const name = pathname.startsWith(XRPC_PATH) ? pathname.slice(XRPC_PATH.length) : '';
  const method = METHODS[name];
  if (method === undefined) return false;
  answer(service, name, async () => method(service, searchParams, request), request, response).catch(
    (error: unknown) => {
      if (response.headersSent) response.destroy();
      else void sendReply(response, errorReply(500, 'InternalServerError', String(error)), undefined);
    },
  );
  return true;
}

async function answer(
  service: ArchiveService,
  name: string,
  method: () => Promise<Reply>,
  { headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { apiKey, faults } = service;
  if (service.isUnavailable())
    return sendReply(response, errorReply(503, 'ServiceUnavailable', 'service starting up'), undefined);
  if (apiKey !== undefined && KEYED.has(name) && headers.authorization !== `Bearer ${apiKey}`)
    return sendReply(response, errorReply(401, 'AuthenticationRequired', 'an API key is required'), undefined);
  const fault = faults.take(name);
  if (fault?.kind === 'rewrite')
    for (const { index } of service.archive.segments) await service.archive.importTimes(index);
  return sendReply(response, await method(), fault);
}

async function getBlock({ archive }: ArchiveService, query: URLSearchParams): Promise<Reply> {
  const sealed = archive.segments.find(({ name }) => name === query.get('segment'));
  if (sealed === undefined) return errorReply(404, 'SegmentNotFound', 'there is no such segment');
  const text = query.get('blockIndex') ?? '';
  if (!/^\d{1,9}$/.test(text)) return errorReply(400, 'InvalidRequest', 'blockIndex: expected a number');
  if (Number(text) >= sealed.segment.blocks.length) return errorReply(404, 'BlockNotFound', 'there is no such block');
  const headers = { 'content-type': 'application/zstd', etag: `"${sealed.segment.header.checksum}:${Number(text)}"` };
  return { status: 200, headers, body: await sealed.segment.frame(Number(text)) };
}

function getZstdDictionary({ dictionary }: ArchiveService, query: URLSearchParams): Reply {
  const id = query.get('id');
  if (id !== null && id !== String(dictionary.id))
    return errorReply(404, 'DictionaryNotFound', 'there is no such dictionary');
  const headers = {
    'content-type': 'application/octet-stream',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-zstd-dictionary-id': String(dictionary.id),
  };
  return { status: 200, headers, body: dictionary.bytes };
}
