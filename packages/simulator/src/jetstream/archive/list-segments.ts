import { errorReply, jsonReply, type Reply } from './reply.ts';
import type { ArchiveService } from './routes.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** A page of the sealed segments; the cursor is the index of the next one. */
export function listSegments({ archive }: ArchiveService, query: URLSearchParams): Reply {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  const cursor = query.get('cursor') ?? '0';
  if (!Number.isInteger(limit) || limit <= 0) return errorReply(400, 'InvalidRequest', 'limit: expected 1 to 1000');
  if (!/^\d{1,15}$/.test(cursor)) return errorReply(400, 'InvalidRequest', 'cursor: expected a number');
  const first = Number(cursor);
  const end = first + Math.min(limit, MAX_LIMIT);
  const segments = archive.segments.slice(first, end).map(({ name, index, size, segment: { header } }) => ({
    name,
    index,
    sizeBytes: size,
    checksum: header.checksum,
    eventCount: header.rowCount,
    minSeq: header.minSeq,
    maxSeq: header.maxSeq,
    minWitnessedAt: header.minWitnessedAt,
    maxWitnessedAt: header.maxWitnessedAt,
  }));
  return jsonReply({ ...(end < archive.segments.length && { cursor: String(end) }), segments });
}
