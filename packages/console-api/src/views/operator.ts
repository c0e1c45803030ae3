import { z } from 'zod';

/** GET /console/api/operator/rejected?reason=&cursor=: events that were set aside. */
export const rejectedEvents = z.object({
  reasons: z.array(z.object({ reason: z.string(), count: z.int() })).describe('Of the last 24 hours'),
  events: z.array(
    z.object({
      at: z.iso.datetime(),
      reason: z.string(),
      detail: z.string(),
      did: z.string(),
      collection: z.string(),
      rkey: z.string(),
      json: z.string().describe('As it came, cut after 16 kB'),
    }),
  ),
  cursor: z.string().optional(),
});
export type RejectedEvents = z.output<typeof rejectedEvents>;

/** GET /console/api/operator/ingest: what the public report does not say. */
export const ingestState = z.object({
  hosts: z.array(z.object({ host: z.string(), isConnected: z.boolean(), detail: z.string() })),
  gaps: z.array(
    z.object({
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      reason: z.string(),
      state: z.enum(['open', 'healing', 'healed']),
      healedAt: z.iso.datetime().optional(),
    }),
  ),
});
export type IngestState = z.output<typeof ingestState>;

/** GET /console/api/operator/storage: the disk by table. */
export const storageState = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      rows: z.int(),
      bytes: z.int(),
      bytesPerDay: z.int().describe('What the last days added, by the parts that hold them'),
    }),
  ),
  totalBytes: z.int(),
  freeBytes: z.int(),
  fullAt: z.iso
    .datetime()
    .optional()
    .describe('When the disk will be full at this rate; absent where it does not grow'),
});
export type StorageState = z.output<typeof storageState>;

/** GET /console/api/operator/services: which processes run, from what they say of themselves in Redis. */
export const servicesState = z.object({
  services: z.array(
    z.object({
      name: z.string(),
      instance: z.string(),
      commit: z.string(),
      startedAt: z.iso.datetime(),
      seenAt: z.iso.datetime(),
      facts: z.record(z.string(), z.union([z.string(), z.number()])).describe('Such as the sizes of its caches'),
    }),
  ),
  builds: z.array(
    z.object({
      feed: z.string(),
      builtAt: z.iso.datetime().optional(),
      posts: z.int(),
      seconds: z.number().optional(),
    }),
  ),
  clickhouse: z.object({ version: z.string(), uptimeSeconds: z.int() }).optional(),
  redis: z.object({ version: z.string(), usedBytes: z.int(), maxBytes: z.int() }).optional(),
});
export type ServicesState = z.output<typeof servicesState>;

/** GET /console/api/operator/jobs: clean-ups, and the long work of the indexer and of migrations. */
export const jobsState = z.object({
  cleanups: z.array(
    z.object({
      jobId: z.string(),
      repo: z.string(),
      state: z.string(),
      deleted: z.int(),
      remaining: z.int(),
      startedAt: z.iso.datetime(),
      error: z.string(),
    }),
  ),
  work: z.array(z.object({ name: z.string(), detail: z.string(), updatedAt: z.iso.datetime() })),
});
export type JobsState = z.output<typeof jobsState>;

/** GET /console/api/operator/alerts: those of PROMETHEUS_ORIGIN. */
export const alertsState = z.object({
  isPrometheusSet: z.boolean(),
  alerts: z.array(
    z.object({
      name: z.string(),
      severity: z.string(),
      state: z.enum(['pending', 'firing']),
      since: z.iso.datetime(),
      summary: z.string(),
    }),
  ),
});
export type AlertsState = z.output<typeof alertsState>;
