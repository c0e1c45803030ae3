import { isDid, isRkey } from '@updraft/atproto';
import { parseJson } from '@updraft/service';
import type { PostPlace } from '@updraft/store';
import { z } from 'zod';

/** The last post of a page. For `top` also what that post was sorted by, and the generation of the counts. */
export interface SearchCursor extends PostPlace {
  readonly numLikes?: number | undefined;
  readonly generation?: number | undefined;
  readonly isSpelled?: boolean | undefined;
  /** The end of the 24 hours of `top`, in ms since 1970. */
  readonly toMs?: number | undefined;
}

/** Opaque to callers. */
export function formatCursor({ sortAtMs, did, rkey, numLikes, generation, toMs, isSpelled }: SearchCursor): string {
  const top = numLikes === undefined ? [] : [numLikes, generation, toMs, isSpelled === true];
  const fields = [sortAtMs, did, rkey, ...top];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** Undefined for anything that formatCursor did not make. A forged one can at most begin a page elsewhere. */
export function parseCursor(text: string): SearchCursor | undefined {
  if (text.length > 4_000 || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const parsed = shape.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8')));
  if (!parsed.success) return undefined;
  const [sortAtMs, did, rkey, numLikes, generation, toMs, isSpelled] = parsed.data;
  return { sortAtMs, did, rkey, numLikes, generation, toMs, isSpelled };
}

const time = z.number().int().min(-2_208_988_800_000).max(10_413_792_000_000);
const place = [time, z.string().refine((did) => isDid(did)), z.string().refine((rkey) => isRkey(rkey))] as const;
const shape = z.union([
  z.tuple([...place]),
  z.tuple([...place, z.number().int().min(0).max(4_294_967_295), time.min(0), time.min(0), z.boolean()]),
]);
