/*
 * In: what is wanted of an archive. Out: plans, lists, blocks, dictionaries and the bytes of segments.
 * Keeps: what may pass is tried again, with growing waits and as late as the host asks; everything else is an error by type.
 */

import { JetstreamError } from '../errors.ts';
import { type ListedSegment, type PlanPage, readList, readPlan } from './answers.ts';
import {
  type ArchiveHttpOptions,
  type ArchiveRequest,
  type ArchiveResponse,
  createArchiveHttp,
} from './archive-http.ts';
import { type RetryOptions, withRetry } from './retry.ts';

export interface ArchiveClientOptions extends ArchiveHttpOptions {
  readonly retry?: RetryOptions;
}

export interface PlanRequest {
  readonly dids?: readonly string[] | undefined;
  readonly collections?: readonly string[] | undefined;
  /** Exclusive. */
  readonly afterSeq: number;
  /** Inclusive; without it all that is sealed. The host refuses one that isn't above `afterSeq`. */
  readonly beforeSeq?: number | undefined;
}

/** The archive of one host. Every call may throw a JetstreamError by type, or the signal's reason. */
export interface ArchiveClient {
  planSnapshot(request: PlanRequest, signal: AbortSignal): Promise<PlanPage>;
  /** All sealed segments in their order, page by page. */
  listSegments(signal: AbortSignal): AsyncGenerator<ListedSegment, void, void>;
  /**
   * One try to read a segment's bytes from `from` on. With an `etag` only the rest of that version comes (206); else, or when it is another
   * version by now, the whole file (200), or 416.
   */
  getSegment(name: string, range: SegmentRange, signal: AbortSignal): Promise<ArchiveResponse>;
  /** A block's zstd frame. */
  getBlock(segment: string, block: number, signal: AbortSignal): Promise<Buffer>;
  /** The dictionary of compressed frames; the current one without an `id`. */
  getZstdDictionary(id: number | undefined, signal: AbortSignal): Promise<ZstdDictionary>;
}

export interface SegmentRange {
  readonly from: number;
  /** Inclusive; without it to the end. */
  readonly to?: number;
  /** As the host gave it, with its quotes. */
  readonly etag?: string | undefined;
}

export interface ZstdDictionary {
  readonly id: number;
  readonly bytes: Buffer;
}

const MAX_PLAN_BYTES = 64 * 1024 * 1024;
const MAX_LIST_BYTES = 4 * 1024 * 1024;
const MAX_FRAME_BYTES = 2 ** 30;
const MAX_DICTIONARY_BYTES = 1024 * 1024;
const LIST_LIMIT = '1000';

export function createArchiveClient({ retry = {}, ...options }: ArchiveClientOptions): ArchiveClient {
  const http = createArchiveHttp(options);
  const read = (request: ArchiveRequest, maxBytes: number, signal: AbortSignal) =>
    withRetry(
      async () => {
        const response = await http.send(request, signal);
        return { headers: response.headers, body: await response.bytes(maxBytes) };
      },
      retry,
      signal,
    );
  return {
    planSnapshot: async (request, signal) => {
      const { body } = await read({ method: 'planSnapshot', body: request }, MAX_PLAN_BYTES, signal);
      return readPlan(body);
    },
    listSegments: async function* (signal) {
      const asked = new Set<string>();
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        if (asked.has(cursor)) throw new JetstreamError("the archive's list of segments goes round in circles");
        asked.add(cursor);
        const query = { limit: LIST_LIMIT, ...(cursor === '' ? {} : { cursor }) };
        const page = readList((await read({ method: 'listSegments', query }, MAX_LIST_BYTES, signal)).body);
        yield* page.segments;
        cursor = page.segments.length === 0 ? undefined : page.cursor;
      }
    },
    getSegment: (name, range, signal) =>
      http.send({ method: 'getSegment', query: { name }, headers: rangeHeaders(range), accept: [416] }, signal),
    getBlock: async (segment, block, signal) => {
      const query = { segment, blockIndex: String(block) };
      return (await read({ method: 'getBlock', query }, MAX_FRAME_BYTES, signal)).body;
    },
    getZstdDictionary: async (id, signal) => {
      const query: Record<string, string> = id === undefined ? {} : { id: String(id) };
      const { headers, body } = await read({ method: 'getZstdDictionary', query }, MAX_DICTIONARY_BYTES, signal);
      return { id: Number(headers.get('x-zstd-dictionary-id') ?? id ?? 0), bytes: body };
    },
  };
}

function rangeHeaders({ from, to, etag }: SegmentRange): Record<string, string> {
  if (from === 0 && to === undefined) return {};
  return { range: `bytes=${from}-${to ?? ''}`, ...(etag === undefined ? {} : { 'if-range': etag }) };
}
