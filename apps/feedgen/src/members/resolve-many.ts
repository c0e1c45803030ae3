import { type AccountName, readAccountName } from '@updraft/atproto';
import { LimitError } from '@updraft/service';
import type { Identity } from '../identity.ts';
import { within } from '../within.ts';

/** What a line of a list of accounts turned out to be. */
export type Resolved =
  | { readonly kind: 'found'; readonly did: string }
  | { readonly kind: 'unknown' | 'malformed' | 'unreachable' };

/** As many as one caller may look up at once. */
const AT_ONCE = 4;

/**
 * The accounts that the lines name, in their order. Each handle is looked up once, a few at a time. What isn't known when the time is over is
 * unreachable. @throws what the store throws
 */
export async function resolveMany(
  { handles }: Pick<Identity, 'handles'>,
  lines: readonly string[],
  { caller, deadlineMs }: { readonly caller: string; readonly deadlineMs: number },
): Promise<Resolved[]> {
  const names = lines.map(readLine);
  const waiting = new Set(names.flatMap((name) => name?.handle ?? []));
  const found = new Map<string, Resolved>();
  const until = performance.now() + deadlineMs;
  // The workers take from one set, so that a slow look-up keeps no other one waiting.
  const work = async () => {
    for (const handle of waiting) {
      waiting.delete(handle);
      const leftMs = until - performance.now();
      if (leftMs <= 0) return;
      const resolved = await within(leftMs, resolveOne(handles, handle, caller));
      found.set(handle, resolved ?? UNREACHABLE);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return names.map((name) => {
    if (name === undefined) return { kind: 'malformed' };
    if (name.did !== undefined) return { kind: 'found', did: name.did };
    return found.get(name.handle) ?? UNREACHABLE;
  });
}

const UNREACHABLE = { kind: 'unreachable' } as const;
/** Longer than any handle or DID as people paste them. */
const MAX_LENGTH = 2_048;

function readLine(line: string): AccountName | undefined {
  return line.length > MAX_LENGTH ? undefined : readAccountName(line);
}

async function resolveOne(handles: Identity['handles'], handle: string, caller: string): Promise<Resolved> {
  try {
    const did = await handles.resolve(handle, caller);
    if (did !== undefined) return { kind: 'found', did };
    // Only what an answer said is remembered.
    return handles.isRemembered(handle) ? { kind: 'unknown' } : UNREACHABLE;
  } catch (error) {
    if (error instanceof LimitError) return UNREACHABLE;
    throw error;
  }
}
