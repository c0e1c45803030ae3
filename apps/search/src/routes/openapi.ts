import type { HttpServer } from '@updraft/service';
import { CLEANUP_TYPES } from '../cleanup/deletions.ts';
import { KEEP_REASONS } from '../cleanup/keep.ts';

/** GET /openapi.json: every route of this service. */
export function openapi(app: HttpServer): void {
  const document = {
    openapi: '3.1.0',
    info: { title: 'Updraft search', version: '1', description: 'Statistics, post search, repositories and clean-ups' },
    paths: PATHS,
    components: { securitySchemes: { jobSecret: { type: 'http', scheme: 'bearer' } }, schemas: SCHEMAS },
  };
  app.get('/openapi.json', () => document);
}

type Schema = Readonly<Record<string, unknown>>;

const STRING: Schema = { type: 'string' };
const NUMBER: Schema = { type: 'integer' };
const TIME: Schema = { type: 'string', format: 'date-time' };
const DID: Schema = { type: 'string', format: 'did' };
const STRINGS: Schema = { type: 'array', items: STRING };

function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)) };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}

const DAY = object({
  date: { type: 'string', format: 'date' },
  num_likes: NUMBER,
  num_likers: NUMBER,
  num_posters: NUMBER,
  num_posts: NUMBER,
  num_follows: NUMBER,
  num_followers: NUMBER,
  num_blocks: NUMBER,
  num_blockers: NUMBER,
});

const POST = object(
  {
    uri: STRING,
    did: DID,
    handle: STRING,
    text: STRING,
    created_at: TIME,
    langs: STRINGS,
    tags: STRINGS,
    has_embedded_media: { type: 'boolean' },
    parent_uri: STRING,
    root_uri: STRING,
    quote_uri: STRING,
    num_likes: NUMBER,
  },
  ['handle', 'num_likes'],
);

const RECORD = object({ uri: STRING, cid: STRING, content: { type: ['object', 'null'] }, error: STRING }, ['error']);

const NUM_KEPT = object(Object.fromEntries(KEEP_REASONS.map((reason) => [reason, NUMBER])));

const JOB = object({
  job_id: STRING,
  repo: DID,
  cleanup_types: list({ enum: CLEANUP_TYPES }),
  delete_older_than: TIME,
  keep_pinned: { type: 'boolean' },
  keep_threads: { type: 'boolean' },
  keep_min_likes: { type: ['integer', 'null'] },
  keep_uris: STRINGS,
  num_deleted: NUMBER,
  num_unconfirmed: NUMBER,
  num_deleted_today: NUMBER,
  est_num_remaining: NUMBER,
  num_kept: NUM_KEPT,
  not_deleted: list(object({ uri: STRING, reason: STRING, num_tries: NUMBER })),
  job_state: { enum: ['queued', 'running', 'waiting', 'completed', 'cancelled', 'failed'] },
  state_reason: STRING,
  next_run_at: { type: ['string', 'null'], format: 'date-time' },
  created_at: TIME,
  updated_at: TIME,
  last_deleted_at: { type: ['string', 'null'], format: 'date-time' },
});

const SCHEMAS: Readonly<Record<string, Schema>> = {
  Error: object({ error: STRING, message: STRING }),
  Stats: object({
    total_users: NUMBER,
    total_posts: NUMBER,
    total_follows: NUMBER,
    total_likes: NUMBER,
    updated_at: TIME,
    daily_data: list(DAY),
  }),
  CollectionStats: object({
    updated_at: TIME,
    days: list(
      object({
        date: STRING,
        collections: list(object({ collection: STRING, creates: NUMBER, updates: NUMBER, deletes: NUMBER })),
      }),
    ),
  }),
  IngestStats: object({
    updated_at: TIME,
    streams: list(object({ stream: STRING, last_event_at: TIME, lag_seconds: { type: 'number' }, saved_at: TIME })),
    events_per_second: { type: 'number' },
    num_events_last_hour: NUMBER,
    num_gaps: NUMBER,
    gaps: list(object({ host: STRING, kind: STRING, from: TIME, to: TIME, detail: STRING })),
    num_rejected: NUMBER,
    rejected: list(object({ reason: STRING, num_events: NUMBER })),
  }),
  FeedStats: object({
    updated_at: TIME,
    days: list(
      object({ date: STRING, feeds: list(object({ feed: STRING, num_requests: NUMBER, num_viewers: NUMBER })) }),
    ),
  }),
  PostPage: object({ posts: list(POST), cursor: STRING }, ['cursor']),
  PostSkeleton: object({ posts: list(object({ uri: STRING })), cursor: STRING }, ['cursor']),
  ListMembers: object(
    { members: list(DID), list: { type: 'object' }, uri: STRING, is_truncated: { type: 'boolean' } },
    ['is_truncated'],
  ),
  Repository: object({
    did: DID,
    rev: STRING,
    posts: list(RECORD),
    likes: list(RECORD),
    reposts: list(RECORD),
    follows: list(RECORD),
    blocks: list(RECORD),
    profile: { oneOf: [RECORD, { type: 'null' }] },
    other: list(RECORD),
  }),
  CleanupRequest: object(
    {
      identifier: STRING,
      app_password: STRING,
      cleanup_types: list({ enum: CLEANUP_TYPES }),
      delete_until_days_ago: { type: 'integer', minimum: 0, maximum: 36_500 },
      keep_pinned: { type: 'boolean', default: true },
      keep_threads: { type: 'boolean', default: false },
      keep_min_likes: { type: ['integer', 'null'], minimum: 1, maximum: 1_000_000_000 },
      keep_uris: { ...STRINGS, maxItems: 1_000 },
      actually_delete_stuff: { type: 'boolean', default: false },
    },
    ['keep_pinned', 'keep_threads', 'keep_min_likes', 'keep_uris', 'actually_delete_stuff'],
  ),
  CleanupStart: object(
    {
      num_enqueued: NUMBER,
      dry_run: { type: 'boolean' },
      message: STRING,
      repo: DID,
      num_by_type: object(Object.fromEntries(CLEANUP_TYPES.map((type) => [type, NUMBER]))),
      num_kept: NUM_KEPT,
      sample: list(object({ type: { enum: CLEANUP_TYPES }, uri: STRING })),
      job_id: STRING,
      job_secret: STRING,
    },
    ['num_by_type', 'num_kept', 'sample', 'job_id', 'job_secret'],
  ),
  CleanupJob: JOB,
  CleanupTotals: object({ total_num_deleted: NUMBER, num_jobs: NUMBER, num_repos: NUMBER }),
  Message: object({ message: STRING }),
};

interface Operation {
  readonly summary: string;
  readonly query?: Readonly<Record<string, Schema>>;
  readonly path?: Readonly<Record<string, Schema>>;
  /** Names of the parameters that must be there. */
  readonly required?: readonly string[];
  readonly body?: string;
  readonly reply: Schema;
  readonly errors: readonly number[];
  readonly needsSecret?: boolean;
}

function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

function json(schema: Schema): Schema {
  return { content: { 'application/json': { schema } } };
}

function operation({
  summary,
  query = {},
  path = {},
  required = [],
  body,
  reply,
  errors,
  needsSecret,
}: Operation): Schema {
  const inQuery = Object.entries(query).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
  const inPath = Object.entries(path).map(([name, schema]) => ({ name, in: 'path', required: true, schema }));
  const failures = errors.map((status) => [status, { description: 'An XRPC error', ...json(ref('Error')) }]);
  return {
    summary,
    parameters: [...inPath, ...inQuery],
    ...(body === undefined ? {} : { requestBody: { required: true, ...json(ref(body)) } }),
    ...(needsSecret === true ? { security: [{ jobSecret: [] }] } : {}),
    responses: { 200: { description: 'Success', ...json(reply) }, ...Object.fromEntries(failures) },
  };
}

const SEARCH = {
  q: STRING,
  sort: { enum: ['latest', 'top'], default: 'latest' },
  limit: { type: 'integer', minimum: 1, maximum: 100, default: 25 },
  cursor: STRING,
};
const FILTERS = {
  since: STRING,
  until: STRING,
  mentions: STRING,
  author: STRING,
  lang: STRING,
  tag: STRINGS,
  viewer: DID,
};

const PATHS = {
  '/stats': { get: operation({ summary: 'The network by day', reply: ref('Stats'), errors: [503] }) },
  '/stats/collections': {
    get: operation({ summary: 'Operations by day and collection', reply: ref('CollectionStats'), errors: [503] }),
  },
  '/stats/ingest': { get: operation({ summary: 'How the index keeps up', reply: ref('IngestStats'), errors: [503] }) },
  '/stats/feeds': {
    get: operation({ summary: 'Requests and viewers by day and feed', reply: ref('FeedStats'), errors: [503] }),
  },
  '/search/posts': {
    get: operation({
      summary: 'Posts that match',
      query: SEARCH,
      required: ['q'],
      reply: ref('PostPage'),
      errors: [400, 429, 503],
    }),
  },
  '/xrpc/app.bsky.unspecced.searchPostsSkeleton': {
    get: operation({
      summary: 'The same, for an AppView',
      query: { ...SEARCH, ...FILTERS },
      required: ['q'],
      reply: ref('PostSkeleton'),
      errors: [400, 429, 503],
    }),
  },
  '/redir': {
    get: {
      summary: 'An at-uri leads to its page of bsky.app; such a page is answered with its at-uri',
      parameters: [{ name: 'q', in: 'query', required: true, schema: STRING }],
      responses: {
        200: { description: 'The at-uri of a page', content: { 'text/plain': { schema: STRING } } },
        302: { description: 'To the page of an at-uri' },
        400: { description: 'An XRPC error', ...json(ref('Error')) },
      },
    },
  },
  '/list/members': {
    get: operation({
      summary: 'The accounts on a list',
      query: { uri: STRING },
      required: ['uri'],
      reply: ref('ListMembers'),
      errors: [400, 404, 429, 502, 503, 504],
    }),
  },
  '/repo/{did}': {
    get: operation({
      summary: "An account's repository, by DID or handle",
      path: { did: STRING },
      query: { format: { enum: ['json', 'ndjson'], default: 'json' } },
      reply: ref('Repository'),
      errors: [400, 404, 429, 502, 503, 504],
    }),
  },
  '/repo/cleanup': {
    post: operation({
      summary: 'What a clean-up would delete, or the job that deletes it',
      body: 'CleanupRequest',
      reply: ref('CleanupStart'),
      errors: [400, 401, 429, 502, 503],
    }),
    get: operation({
      summary: 'A job, or the jobs of an account (an array)',
      query: { job_id: STRING, did: DID },
      reply: { oneOf: [ref('CleanupJob'), list(ref('CleanupJob'))] },
      errors: [400, 404, 503],
      needsSecret: true,
    }),
    delete: operation({
      summary: 'Cancels a job',
      query: { job_id: STRING },
      required: ['job_id'],
      reply: ref('Message'),
      errors: [400, 404, 503],
      needsSecret: true,
    }),
  },
  '/repo/cleanup/stats': {
    get: operation({ summary: 'All clean-ups together', reply: ref('CleanupTotals'), errors: [503] }),
  },
};
