import { CLEANUP_TYPES, type CleanupType, JOB_STATES, KEEP_REASONS } from '@updraft/console-api/views';
import { parseJson } from '@updraft/service';
import type { RepoCleanupJobRow, StoredCleanupJob } from '@updraft/store';
import { z } from 'zod';
import type { CleanupJob } from './job.ts';
import { DEFAULT_KEEP } from './keep.ts';

/** The job of its row. Types that a later version of this program added are left out; an unknown state counts as failed. */
export function toJob(stored: StoredCleanupJob): CleanupJob {
  const { secretHash: _, isCancelRequested: __, version: ___, keepJson, keptJson, setAsideJson, ...rest } = stored;
  // A job whose list of what to keep can't be read must not run: it would delete too much.
  const keep = readJson(keepShape, keepJson, DEFAULT_KEEP);
  return {
    ...rest,
    cleanupTypes: stored.cleanupTypes.filter(isCleanupType),
    keep: keep ?? DEFAULT_KEEP,
    ...(readJson(listingShape, keptJson, NO_LISTING) ?? NO_LISTING),
    setAside: readJson(setAsideShape, setAsideJson, []) ?? [],
    jobState: JOB_STATES.find((state) => state === stored.jobState && keep !== undefined) ?? 'failed',
  };
}

/** The row of a job, without its version. */
export function toRow(job: CleanupJob): Omit<RepoCleanupJobRow, 'version'> {
  const { keep, kept, byType, setAside, ...rest } = job;
  return {
    ...rest,
    keepJson: JSON.stringify(keep),
    keptJson: JSON.stringify({ kept, byType }),
    setAsideJson: JSON.stringify(setAside),
  };
}

const keepShape = z.strictObject({
  pinned: z.boolean(),
  threads: z.boolean(),
  minLikes: z.number().optional(),
  paths: z.array(z.string()),
});
const keptShape = z.partialRecord(z.enum(KEEP_REASONS), z.number());
const NO_LISTING = { kept: {}, byType: {} };
/** Earlier versions wrote only what is kept. */
const listingShape = z.union([
  z.strictObject({ kept: keptShape, byType: z.partialRecord(z.enum(CLEANUP_TYPES), z.number()) }),
  keptShape.transform((kept) => ({ kept, byType: {} })),
]);
const setAsideShape = z.array(z.object({ path: z.string(), reason: z.string(), numTries: z.number() }));

/** The preset for a row from before the column existed; undefined for text that can't be read. */
function readJson<T>(shape: z.ZodType<T>, text: string, preset: T): T | undefined {
  return text === '' ? preset : shape.safeParse(parseJson(text)).data;
}

function isCleanupType(name: string): name is CleanupType {
  return CLEANUP_TYPES.some((type) => type === name);
}
