import { z } from 'zod';

const time = z.iso.datetime();
const updatedAt = time.describe('When this was computed; all callers of some seconds share one answer');

/** The most characters of an event that the console shows. */
export const MAX_SHOWN_EVENT = 16_384;

/** GET /console/api/operator/rejected?reason=&cursor=: events that were set aside, the newest first. */
export const rejectedEvents = z.object({
  updatedAt,
  reasons: z.array(z.object({ reason: z.string(), count: z.int() })).describe('Of the last 24 hours'),
  events: z.array(
    z.object({
      id: z.string(),
      at: time,
      reason: z.string(),
      detail: z.string(),
      did: z.string(),
      kind: z.string(),
      collection: z.string(),
      json: z.string().describe('As it came, cut after 16 kB. It may be anything, also no JSON'),
      bytes: z.int().describe('Its whole length as it came'),
    }),
  ),
  cursor: z.string().optional().describe('Absent on the last page: the newest 1,000, and of one reason the newest 200'),
});
export type RejectedEvents = z.output<typeof rejectedEvents>;

/** GET /console/api/operator/ingest: what the public report does not say. */
export const ingestState = z.object({
  updatedAt,
  hosts: z
    .array(z.object({ host: z.string(), isConnected: z.boolean(), detail: z.string() }))
    .describe('Of WS_URL, as the indexers that run tell; and the one that was read last'),
  streams: z.array(z.object({ stream: z.string(), host: z.string(), lastEventAt: time, savedAt: time.optional() })),
  numGaps: z.int(),
  numOpenGaps: z.int(),
  gaps: z
    .array(
      z.object({
        id: z.string(),
        host: z.string(),
        from: time,
        to: time,
        reason: z.string(),
        state: z.enum(['open', 'healing', 'healed']),
        healedAt: time.optional(),
        healedFrom: z.string().optional().describe('An archive, or a host'),
        numEvents: z.int().optional().describe('Read again so far'),
      }),
    )
    .describe('The latest 100'),
});
export type IngestState = z.output<typeof ingestState>;

const bytesPerDay = z.int().optional().describe('By how much it grew since measuredFrom, in 24 hours');
const fullAt = time.optional().describe('When it will be full at this rate; absent where it does not grow');

/** GET /console/api/operator/storage: the disk by table. */
export const storageState = z.object({
  updatedAt,
  measuredFrom: time
    .optional()
    .describe('Since when growth is measured, at most 7 days; absent in the first half hour'),
  tables: z
    .array(z.object({ name: z.string(), rows: z.int(), bytes: z.int(), bytesPerDay }))
    .describe('As they are stored: replaced rows count until they are merged away. The largest first'),
  disks: z.array(
    z.object({ server: z.string(), name: z.string(), totalBytes: z.int(), freeBytes: z.int(), bytesPerDay, fullAt }),
  ),
  totalBytes: z.int().describe('Of all disks'),
  freeBytes: z.int(),
  fullAt: fullAt.describe('When the first disk will be full at this rate; absent where none grows'),
  isWhole: z.boolean().describe('False on a cluster with replicas: of its servers only one is asked'),
});
export type StorageState = z.output<typeof storageState>;

/** GET /console/api/operator/services: which processes run, from what they say of themselves in Redis. */
export const servicesState = z.object({
  updatedAt,
  services: z
    .array(
      z.object({
        name: z.string(),
        instance: z.string(),
        version: z.string(),
        commit: z.string().describe("Empty where it runs from its sources' folder"),
        startedAt: time,
        seenAt: time,
        facts: z.record(z.string(), z.union([z.string(), z.number()])).describe('Such as the sizes of its caches'),
      }),
    )
    .describe('Those of the last minute'),
  builds: z
    .array(z.object({ feed: z.string(), builtAt: time.optional(), posts: z.int(), seconds: z.number().optional() }))
    .describe('The current build of each feed, as the feed generators have it'),
  clickhouse: z
    .object({ version: z.string(), uptimeSeconds: z.int(), usedBytes: z.int() })
    .optional()
    .describe('The server that search asks; absent while it does not answer'),
  redis: z.object({
    version: z.string(),
    uptimeSeconds: z.int(),
    usedBytes: z.int(),
    maxBytes: z.int().describe('0: no limit'),
  }),
});
export type ServicesState = z.output<typeof servicesState>;

/** GET /console/api/operator/jobs: clean-ups, and the long work of the indexer, of search and of migrations. */
export const jobsState = z.object({
  updatedAt,
  cleanups: z
    .array(
      z.object({
        jobId: z.string(),
        repo: z.string(),
        state: z.string().describe('queued, running, waiting, completed, cancelled or failed'),
        deleted: z.int(),
        remaining: z.int().describe('About'),
        startedAt: time,
        updatedAt: time,
        nextRunAt: time.optional().describe('Absent once it has ended'),
        error: z.string().describe('Why it waits or failed; empty where all is well'),
      }),
    )
    .describe('Those that live, then those that ended last; at most 100'),
  work: z
    .array(z.object({ name: z.string(), detail: z.string(), isDone: z.boolean(), updatedAt: time }))
    .describe('The latest first'),
});
export type JobsState = z.output<typeof jobsState>;

/** GET /console/api/operator/alerts: those of PROMETHEUS_ORIGIN. */
export const alertsState = z.object({
  updatedAt,
  isPrometheusSet: z.boolean(),
  alerts: z
    .array(
      z.object({
        name: z.string(),
        severity: z.string().describe('page or ticket; empty where the rule says nothing'),
        state: z.enum(['pending', 'firing']),
        since: time,
        summary: z.string(),
        description: z.string(),
      }),
    )
    .describe('Those that fire first, at most 200'),
});
export type AlertsState = z.output<typeof alertsState>;
