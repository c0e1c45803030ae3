import type { IncomingMessage } from 'node:http';
import { errorReply, type Reply } from './reply.ts';
import type { ArchiveService } from './routes.ts';

/** The file, or a range of it: RFC 9110, sections 13.1.1, 13.1.5 and 14, for one range. */
export function getSegment(
  { archive }: ArchiveService,
  query: URLSearchParams,
  { headers: { range, 'if-range': ifRange, 'if-match': ifMatch } }: IncomingMessage,
): Reply {
  const sealed = archive.segments.find(({ name }) => name === query.get('name'));
  if (sealed === undefined) return errorReply(404, 'SegmentNotFound', 'there is no such segment');
  const { size, segment, read } = sealed;
  const etag = `"${segment.header.checksum}"`;
  if (ifMatch !== undefined && ifMatch !== etag) return errorReply(412, 'InvalidRequest', 'the segment has changed');
  const headers = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', etag };
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  const isWhole = (from === '' && to === '') || (ifRange !== undefined && ifRange !== etag);
  if (isWhole) return { status: 200, headers, body: read(0, size) };
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  if (start >= end) {
    const refused = errorReply(416, 'InvalidRequest', 'the range lies beyond the end of the file');
    return { ...refused, headers: { ...refused.headers, 'content-range': `bytes */${size}` } };
  }
  const contentRange = `bytes ${start}-${end - 1}/${size}`;
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, body: read(start, end - start) };
}
