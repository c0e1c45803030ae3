import { isDid, isRkey } from '@updraft/atproto';
import { parseJson } from '@updraft/service';
import type { LinkPlace } from '@updraft/store';
import { z } from 'zod';

/** The last link of a page. Opaque to callers. */
export function formatLinkCursor({ hour, rkey, did }: LinkPlace): string {
  return Buffer.from(JSON.stringify([hour, rkey, did])).toString('base64url');
}

/** Undefined for anything that formatLinkCursor did not make. A forged one can at most begin a page elsewhere. */
export function parseLinkCursor(text: string): LinkPlace | undefined {
  if (text.length > 4_000 || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const parsed = shape.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8')));
  if (!parsed.success) return undefined;
  const [hour, rkey, did] = parsed.data;
  return { hour, rkey, did };
}

const shape = z.tuple([
  z.number().int().min(0).max(1_000_000),
  z.string().refine((rkey) => isRkey(rkey)),
  z.string().refine((did) => isDid(did)),
]);
