import type { Tid } from './tid.ts';

/**
 * A row's version, a UInt64 as two unsigned 32-bit halves (BigInt is too slow for each event).
 * It is rev·2, plus 1 for a write: versions rise strictly within a repository, and at one rev the write wins.
 *
 * Why the write: a commit may touch a key several times (`applyWrites` with [delete, create] is common). Jetstream sends each
 * delete, but a create or update only when the repository at the end of the commit holds that very record. So a write that
 * arrives with a delete of its own rev is what the commit left. That needs no order among the events, so it holds for any number
 * of copies, and when the stream breaks between two of them. It does not hold for a source that also sends writes that the same
 * commit took back.
 *
 * Earlier releases wrote rev·2 for a write and rev·2 + 1 for a delete, and such rows stay. Of rows of two revs the later rev wins
 * in either form. Of two rows of one rev and one key, one of each form, the one that was inserted last stays where they are equal:
 * - their delete and a write of ours, rev·2 + 1: that delete is never written again, so ours is the last, and the write wins;
 * - their write and a delete of ours, rev·2: the delete wins, and that is wrong only until the write comes again, at rev·2 + 1.
 *   It does: where the delete is read again, the stream has the write of that commit too, behind it or before it.
 */
export interface Version {
  readonly hi: number;
  readonly lo: number;
}

/** The version of a record that a commit at `rev` wrote or deleted. */
export function commitVersion(rev: Tid, isDelete: boolean): Version {
  return versionOf(rev.micros, rev.clockId * 2 + (isDelete ? 0 : 1));
}

/** The version from which records show after a #sync at `rev`: that of a write or a delete of the rev itself, and of all later ones. */
export function syncVersion(rev: Tid): Version {
  return commitVersion(rev, true);
}

/**
 * The version of something that happened at `micros` since 1970 outside any commit (an account's status): it compares
 * with commit versions by time, and is below every write of its microsecond. Times outside what a TID holds are moved to its
 * nearest end.
 */
export function timeVersion(micros: number): Version {
  if (!(micros > 0)) return { hi: 0, lo: 0 };
  return versionOf(Math.min(Math.floor(micros), Number.MAX_SAFE_INTEGER), 0);
}

/** The version as the UInt64 it is: for comparisons where speed doesn't matter. */
export function versionToBigInt({ hi, lo }: Version): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo);
}

/** micros·2048 + low, where low has 11 bits: 21 bits of micros stand beside it in the lower half. */
function versionOf(micros: number, low: number): Version {
  const hi = Math.floor(micros / 2 ** 21);
  const lo = (micros - hi * 2 ** 21) * 2 ** 11 + low;
  return { hi, lo };
}
