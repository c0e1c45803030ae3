import type { IncomingMessage, ServerResponse } from 'node:http';
import { urlOf } from '../../wire/endpoint.ts';
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
  const { pathname, searchParams: query } = urlOf(request);
  const name = pathname.startsWith(XRPC_PATH) ? pathname.slice(XRPC_PATH.length) : '';
  const method = METHODS[name];
  if (method === undefined) return false;
  const answer = async () => {
    const refused = refusal(service, name, request);
    if (refused !== undefined) return sendReply(response, refused, undefined);
    const fault = service.faults.take(name);
    if (fault?.kind === 'rewrite') await rewriteWanted(service.archive, query);
    return sendReply(response, await method(service, query, request), fault);
  };
  answer().catch((error: unknown) => {
    if (response.headersSent) response.destroy();
    else void sendReply(response, errorReply(500, 'InternalServerError', String(error)), undefined);
  });
  return true;
}

function refusal({ isUnavailable, apiKey }: ArchiveService, name: string, { headers }: IncomingMessage) {
  if (isUnavailable()) return errorReply(503, 'ServiceUnavailable', 'service starting up');
  if (apiKey === undefined || !KEYED.has(name) || headers.authorization === `Bearer ${apiKey}`) return undefined;
  return errorReply(401, 'AuthenticationRequired', 'an API key is required');
}

async function rewriteWanted({ segments, importTimes }: Archive, query: URLSearchParams): Promise<void> {
  const wanted = query.get('name') ?? query.get('segment');
  for (const { name, index } of segments) if (name === wanted) await importTimes(index);
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
