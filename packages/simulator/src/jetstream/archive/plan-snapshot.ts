import type { IncomingMessage } from 'node:http';
import { type PlanRequest, planPage } from './plan.ts';
import { errorReply, jsonReply, type Reply } from './reply.ts';
import type { ArchiveService } from './routes.ts';

/** Most values of each list of a request. */
const MAX_KINDS = 4;
const MAX_DIDS = 10_000;
const MAX_COLLECTIONS = 100;
const MAX_BODY_BYTES = 4_000_000;

/** Which segments and blocks a reader has to download. */
export async function planSnapshot(
  { archive, planEntries }: ArchiveService,
  _: URLSearchParams,
  request: IncomingMessage,
): Promise<Reply> {
  if (request.method !== 'POST') return errorReply(400, 'InvalidRequest', 'expected a POST');
  const wanted = readPlanRequest(await readBody(request));
  if (typeof wanted === 'string') return errorReply(400, 'InvalidRequest', wanted);
  const { planned, throughSeq } = planPage(archive.segments, wanted, planEntries);
  return jsonReply({
    plannedThroughSeq: throughSeq,
    // Of the stretch that was asked for.
    sealedTipSeq: Math.min(archive.tipSeq(), wanted.beforeSeq),
    segments: planned,
    stats: { segmentsScanned: archive.segments.length, segmentsPlanned: planned.length },
  });
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

/** The request, or what is wrong with it. */
function readPlanRequest(body: unknown): PlanRequest | string {
  if (typeof body !== 'object' || body === null) return 'expected an object';
  const { kinds = [], dids = [], collections = [], afterSeq = 0, beforeSeq } = body as Record<string, unknown>;
  if (!isTextList(kinds, MAX_KINDS)) return `kinds: expected at most ${MAX_KINDS}`;
  if (!isTextList(dids, MAX_DIDS)) return `dids: expected at most ${MAX_DIDS}`;
  if (!isTextList(collections, MAX_COLLECTIONS)) return `collections: expected at most ${MAX_COLLECTIONS}`;
  if (!isSeq(afterSeq)) return 'afterSeq: expected a sequence number';
  if (beforeSeq !== undefined && !isSeq(beforeSeq)) return 'beforeSeq: expected a sequence number';
  if (beforeSeq !== undefined && beforeSeq <= afterSeq) return 'beforeSeq: must be above afterSeq';
  return { kinds, dids, collections, afterSeq, beforeSeq: beforeSeq ?? Number.MAX_SAFE_INTEGER };
}

function isTextList(value: unknown, most: number): value is string[] {
  return Array.isArray(value) && value.length <= most && value.every((item) => typeof item === 'string');
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
