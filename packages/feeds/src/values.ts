import { isRkey, parseAtUri } from '@updraft/atproto';
import { durationMs } from '@updraft/service';
import { z } from 'zod';

/** Values that settings of several kinds have. */

export const postUri = z.string().refine(isRecordOf('app.bsky.feed.post'), {
  error: 'expected the at-uri of a post, at://did:…/app.bsky.feed.post/…',
});

/** A list, or a starter pack, whose record names one. */
export const listUri = z.string().refine(isRecordOf('app.bsky.graph.list', 'app.bsky.graph.starterpack'), {
  error:
    'expected the at-uri of a list or a starter pack, at://did:…/app.bsky.graph.list/… or …/app.bsky.graph.starterpack/…',
});

function isRecordOf(...collections: readonly string[]): (text: string) => boolean {
  return (text) => {
    const uri = parseAtUri(text);
    return uri?.authority.startsWith('did:') === true && collections.includes(uri.collection) && isRkey(uri.rkey);
  };
}

export const label = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'expected lower-case letters, digits and hyphens' });
export const language = z.string().regex(/^[a-z]{2,3}$/, { error: "expected a language code such as 'en' or 'ja'" });

/** A duration within bounds. `bounds` says them in the message. */
export function duration(preset: string, minMs: number, maxMs: number, bounds: string) {
  return durationMs(preset).refine((ms) => ms >= minMs && ms <= maxMs, { error: `expected a duration ${bounds}` });
}

export const HOUR_MS = 3_600_000;
export const window = (preset: string) => duration(preset, 60_000, 14 * 24 * HOUR_MS, 'from 1m to 14d (336h)');
export const count = (min: number, max: number) => z.int().min(min).max(max);
