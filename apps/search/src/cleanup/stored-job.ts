import { parseJson } from '@updraft/service';
import type { RepoCleanupJobRow, StoredCleanupJob } from '@updraft/store';
import { z } from 'zod';
import { CLEANUP_TYPES, type CleanupType } from './deletions.ts';
import { type CleanupJob, JOB_STATES } from './job.ts';
import { DEFAULT_KEEP, KEEP_REASONS } from './keep.ts';

/** The job of its row. Types that a later version of this program added are left out; an unknown state counts as failed. */
export function toJob(stored: StoredCleanupJob): CleanupJob {
  const { secretHash: _, isCancelRequested: __, version: ___, keepJson, keptJson, setAsideJson, ...rest } = stored;
  // A job whose list of what to keep can't be read must not run: it would delete too much.
  const keep = readJson(keepShape, keepJson, DEFAULT_KEEP);
  return {
    ...rest,
    cleanupTypes: stored.cleanupTypes.filter(isCleanupType),
    keep: keep ?? DEFAULT_KEEP,
    kept: readJson(keptShape, keptJson, {}) ?? {},
    setAside: readJson(setAsideShape, setAsideJson, []) ?? [],
    jobState: JOB_STATES.find((state) => state === stored.jobState && keep !== undefined) ?? 'failed',
  };
}

/** The row of a job, without its version. */
export function toRow(job: CleanupJob): Omit<RepoCleanupJobRow, 'version'> {
  const { keep, kept, setAside, ...rest } = job;
  return {
    ...rest,
    keepJson: JSON.stringify(keep),
    keptJson: JSON.stringify(kept),
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
const setAsideShape = z.array(z.object({ path: z.string(), reason: z.string(), numTries: z.number() }));

/** The preset for a row from before the column existed; undefined for text that can't be read. */
function readJson<T>(shape: z.ZodType<T>, text: string, preset: T): T | undefined {
  return text === '' ? preset : shape.safeParse(parseJson(text)).data;
}

function isCleanupType(name: string): name is CleanupType {
  return CLEANUP_TYPES.some((type) => type === name);
}
