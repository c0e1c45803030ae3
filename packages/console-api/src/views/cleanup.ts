import { z } from 'zod';

/** `post` is a post without images or video; what it only quotes or links is not media. */
export const CLEANUP_TYPES = ['post', 'post_with_media', 'repost', 'like'] as const;
export type CleanupType = (typeof CLEANUP_TYPES)[number];

/**
 * Why a record stays that the rule would delete. `unknown_media`: it has something attached that may be media;
 * `likes_unknown`: the index does not have the post, or no longer has all of its likes.
 */
export const KEEP_REASONS = ['unknown_media', 'pinned', 'listed', 'thread', 'liked', 'likes_unknown'] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

export const JOB_STATES = ['queued', 'running', 'waiting', 'completed', 'cancelled', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

const time = z.iso.datetime();
const numByType = z.record(z.enum(CLEANUP_TYPES), z.int());
const numKept = z.record(z.enum(KEEP_REASONS), z.int()).describe('How many records stay, by the reason');

/** What POST /repo/cleanup answers. */
export const startedCleanup = z
  .object({
    num_enqueued: z.int(),
    dry_run: z.boolean(),
    message: z.string(),
    repo: z.string(),
    delete_older_than: time
      .optional()
      .describe('The moment that delete_until_days_ago meant: send it with the real run'),
    num_by_type: numByType.optional().describe('Send it as confirmed_num_by_type with the real run'),
    num_kept: numKept.optional(),
    expected_end_at: time
      .nullable()
      .optional()
      .describe('When it would be done if it began now and nothing failed; null where more than a year is left'),
    sample: z
      .array(z.object({ type: z.enum(CLEANUP_TYPES), uri: z.string() }))
      .optional()
      .describe('The first five of each type'),
    job_id: z.string().optional(),
    job_secret: z.string().optional().describe('Only for a job that was started with an app password'),
  })
  .meta({ id: 'StartedCleanup' });
export type StartedCleanup = z.output<typeof startedCleanup>;

/** A job as its owner sees it. Times are null for never. */
export const cleanupJob = z
  .object({
    job_id: z.string(),
    repo: z.string(),
    cleanup_types: z.array(z.enum(CLEANUP_TYPES)).readonly(),
    delete_older_than: time.nullable(),
    keep_pinned: z.boolean(),
    keep_threads: z.boolean(),
    keep_min_likes: z.int().nullable(),
    keep_uris: z.array(z.string()),
    num_deleted: z.int(),
    num_unconfirmed: z.int().describe('Of num_deleted, what the server says it deleted and we have not checked yet'),
    num_deleted_today: z.int(),
    est_num_remaining: z.int(),
    num_by_type: numByType.describe('What was left to delete when the repository was last read'),
    num_kept: numKept,
    not_deleted: z.array(z.object({ uri: z.string(), reason: z.string(), num_tries: z.int() })),
    job_state: z.enum(JOB_STATES),
    state_reason: z.string().describe('Why it waits, failed, or did not delete all; empty where nothing is wrong'),
    num_failures: z.int().describe('Tries in a row that deleted nothing'),
    max_per_hour: z.int(),
    max_per_day: z.int(),
    next_run_at: time.nullable(),
    expected_end_at: time.nullable().describe('If nothing fails; null where it has ended, or more than a year is left'),
    created_at: time.nullable(),
    updated_at: time.nullable(),
    last_deleted_at: time.nullable(),
  })
  .meta({ id: 'CleanupJob' });
export type CleanupJobView = z.output<typeof cleanupJob>;
