import { z } from 'zod';

/** GET /api/admin/account_suggestions?q=: accounts whose handle begins so. */
export const accountSuggestions = z.object({
  accounts: z.array(z.object({ did: z.string(), handle: z.string(), displayName: z.string() })),
});

/** The most accounts of one POST /api/admin/feed_members/bulk. */
export const MAX_BULK_MEMBERS = 500;
export const bulkMembersRequest = z.strictObject({
  feedName: z.string().min(1),
  // However long a line is, it is malformed by itself and does not stop the others.
  accounts: z.array(z.string()).min(1).max(MAX_BULK_MEMBERS).describe('Handles or DIDs'),
});
export const bulkMembersAnswer = z.object({
  results: z.array(
    z.object({
      account: z.string().describe('As it was given'),
      did: z.string().optional(),
      outcome: z
        .enum(['added', 'already', 'unknown', 'malformed', 'unreachable'])
        .describe('unreachable: it could not be looked up now, or not in time; send it again'),
    }),
  ),
});
export type BulkMembersAnswer = z.output<typeof bulkMembersAnswer>;

/**
 * POST /api/admin/preview: what a feed would have with other settings. Nothing is saved.
 */
export const previewRequest = z.strictObject({
  feedName: z.string().min(1),
  settings: z.string().max(10_000).describe("The feed's entry of feeds.yaml, in YAML"),
});
export const previewAnswer = z.object({
  present: z.array(z.string()).describe('The first posts as they are'),
  changed: z.array(z.string()).describe('The first posts as they would be'),
});
export type PreviewAnswer = z.output<typeof previewAnswer>;
/** GET, PUT and DELETE /api/admin/settings: the feed's entry of feeds.yaml, with what hosts changed of it. */
export const feedSettings = z.object({
  settings: z.string().describe("The feed's entry as it is now, in YAML"),
  declared: z.string().describe('As feeds.yaml has it'),
  version: z.int().nonnegative().describe('Rises with each change; 0 before the first'),
  changeable: z.array(z.string()).describe('What a host may change here'),
  overrides: z.array(
    z.object({
      setting: z.string(),
      declared: z.string().optional().describe('Absent where feeds.yaml says nothing'),
      saved: z.string().optional().describe("Absent where the feed is without feeds.yaml's"),
    }),
  ),
  changedBy: z.string().optional(),
  changedAt: z.iso.datetime().optional(),
  fault: z.string().optional().describe('Why what was saved is set aside, so that feeds.yaml holds'),
});
export type FeedSettingsView = z.output<typeof feedSettings>;
export const settingsChange = previewRequest.extend({
  version: z.int().nonnegative().describe('Of the settings that were changed: others are not overwritten'),
});
