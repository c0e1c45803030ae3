/*
 * In: the JSON that an archive answers with. Out: plans and lists of segments.
 * Keeps: names are file names and nothing else, numbers are exact, a plan has each segment once and in order; an answer of another form is
 * an error, never half a plan.
 */

import { z } from 'zod';
import { JetstreamError } from '../errors.ts';

const seq = z.int().min(0);
/** A name becomes a path on our disk. */
const name = z.string().regex(/^[\w-]{1,100}\.jss$/);
const checksum = z.string().regex(/^[0-9a-f]{16}$/);

/** A Go server may write an empty list as null, or leave it out. */
function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);
}

const planned = z.object({
  name,
  checksum,
  minSeq: seq,
  maxSeq: seq,
  mode: z.enum(['segment', 'blocks']),
  blocks: listOf(z.object({ first: seq, last: seq })),
});

/** A place to go on from means something only where seqs rise. */
const segments = listOf(planned)
  .refine((list) => new Set(list.map((segment) => segment.name)).size === list.length, {
    error: 'a segment is planned twice',
  })
  .transform((list) => list.toSorted((a, b) => a.minSeq - b.minSeq));

const plan = z.object({ plannedThroughSeq: seq, sealedTipSeq: seq, segments });

const listed = z.object({
  name,
  checksum,
  sizeBytes: seq,
  eventCount: seq,
  minSeq: seq,
  maxSeq: seq,
  minWitnessedAt: z.int(),
  maxWitnessedAt: z.int(),
});

const list = z.object({ cursor: z.string().optional(), segments: listOf(listed) });

/** A segment of a plan: the whole of it, or ranges of its blocks, both ends inclusive. */
export type PlannedSegment = z.infer<typeof planned>;
/** A page of a plan: all that may be wanted up to `plannedThroughSeq`; the plan ends at `sealedTipSeq`. */
export type PlanPage = z.infer<typeof plan>;
export type ListedSegment = z.infer<typeof listed>;

export function readPlan(body: Buffer): PlanPage {
  return read(plan, body, 'plan');
}

export function readList(body: Buffer): z.infer<typeof list> {
  return read(list, body, 'list of segments');
}

function read<T>(schema: z.ZodType<T>, body: Buffer, what: string): T {
  try {
    return schema.parse(JSON.parse(body.toString()));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new JetstreamError(`the archive's ${what} can't be read: ${why}`.slice(0, 500), { cause });
  }
}
