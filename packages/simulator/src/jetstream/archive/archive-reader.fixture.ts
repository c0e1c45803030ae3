import { bytesFile, openSegment, type SegmentRow } from '@updraft/jetstream';
import type { JetstreamServer } from '../server.ts';

/** A segment as a host lists it. */
export interface Listed {
  readonly name: string;
  readonly index: number;
  readonly checksum: string;
  readonly sizeBytes: number;
  readonly eventCount: number;
  readonly minSeq: number;
  readonly maxSeq: number;
}

export interface Plan {
  readonly plannedThroughSeq: number;
  readonly sealedTipSeq: number;
  readonly segments: (Listed & { mode: string; blocks?: { first: number; last: number }[] })[];
}

export const addressOf = (server: JetstreamServer, method: string, query: Record<string, string> = {}) =>
  `${server.v2Url.replace('ws', 'http')}/xrpc/network.bsky.jetstream.${method}?${String(new URLSearchParams(query))}`;
export const get = (server: JetstreamServer, method: string, query: Record<string, string> = {}, headers = {}) =>
  fetch(addressOf(server, method, query), { headers });
export const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
export const post = (server: JetstreamServer, body: object) =>
  fetch(addressOf(server, 'planSnapshot'), { method: 'POST', body: JSON.stringify(body) });
export const plan = async (server: JetstreamServer, body: object) => (await (await post(server, body)).json()) as Plan;
export const list = async (server: JetstreamServer, query: Record<string, string> = {}) =>
  (await (await get(server, 'listSegments', query)).json()) as { cursor?: string; segments: Listed[] };

export async function rowsOf(server: JetstreamServer): Promise<SegmentRow[]> {
  const rows: SegmentRow[] = [];
  for (const { name } of (await list(server)).segments) {
    const segment = await openSegment(bytesFile(await bytesOf(await get(server, 'getSegment', { name }))));
    for (const block of segment.blocks.keys()) {
      const { rowCount, rowAt } = await segment.rows(block);
      for (let row = 0; row < rowCount; row++) rows.push(rowAt(row));
    }
  }
  return rows;
}

/** The first sealed segment. */
export async function firstSegment(server: JetstreamServer): Promise<Listed> {
  const [first] = (await list(server)).segments;
  if (first === undefined) throw new Error('nothing is sealed');
  return first;
}

/** The rows that a plan's blocks hold. */
export async function plannedRows(server: JetstreamServer, { segments }: Plan): Promise<SegmentRow[]> {
  const rows: SegmentRow[] = [];
  for (const { index, mode, blocks = [] } of segments) {
    const segment = server.archive?.segments[index]?.segment;
    for (const block of segment?.blocks.keys() ?? []) {
      if (mode === 'blocks' && !blocks.some(({ first, last }) => block >= first && block <= last)) continue;
      const columns = await segment?.rows(block);
      for (let row = 0; row < (columns?.rowCount ?? 0); row++) rows.push(columns?.rowAt(row) as SegmentRow);
    }
  }
  return rows;
}
