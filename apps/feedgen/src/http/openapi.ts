import type { HttpServer } from '@updraft/service';
import type { FeedgenContext } from './context.ts';

/** GET /openapi.json: every route of this service. */
export function openapi(app: HttpServer, { service }: FeedgenContext): void {
  const document = {
    openapi: '3.1.0',
    info: { title: 'Updraft feed generator', version: '1', description: `Feeds of ${service.did}` },
    servers: [{ url: service.endpoint }],
    paths: { ...publicPaths, ...adminPaths },
    components: { securitySchemes: SECURITY, schemas: SCHEMAS },
  };
  app.get('/openapi.json', () => document);
}

const SECURITY = {
  viewer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: "A service token of the viewer's PDS" },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
};

const STRING = { type: 'string' };
const object = (properties: object, required: string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});
const array = (items: object) => ({ type: 'array', items });

const SCHEMAS = {
  Error: object({ error: STRING, message: STRING }),
  Message: object({ message: STRING }),
  Member: object({
    did: STRING,
    handle: STRING,
    displayName: STRING,
    createdAt: { type: 'string', format: 'date-time' },
  }),
  Interaction: object({ item: STRING, event: STRING, feedContext: STRING, reqId: STRING }, []),
};
const ref = (name: keyof typeof SCHEMAS) => ({ $ref: `#/components/schemas/${name}` });

interface Operation {
  summary: string;
  parameters?: object[];
  security?: object[];
  body?: object;
  reply: object;
  errors?: string[];
}

function operation({ summary, parameters = [], security = [], body, reply, errors = ['400'] }: Operation): object {
  const json = (schema: object) => ({ 'application/json': { schema } });
  const failures: Record<string, object> = {};
  for (const status of errors) failures[status] = { description: 'An XRPC error', content: json(ref('Error')) };
  return {
    summary,
    parameters,
    security,
    ...(body !== undefined && { requestBody: { required: true, content: json(body) } }),
    responses: { '200': { description: 'Success', content: json(reply) }, ...failures },
  };
}

const parameter = (name: string, schema: object, required = false) => ({ name, in: 'query', required, schema });
const feedName = parameter(
  'feedName',
  { ...STRING, description: "A feed's name, with or without its prefix a- or cl-" },
  true,
);
const handle = parameter('handle', { ...STRING, description: 'A handle or a DID' }, true);
const integer = (minimum: number, maximum: number, preset: number) => ({
  type: 'integer',
  minimum,
  maximum,
  default: preset,
});
const listing = [
  feedName,
  parameter('page', integer(1, 1_000_000, 1)),
  parameter('limit', integer(1, 100, 50)),
  parameter('search', STRING),
];

const publicPaths = {
  '/.well-known/did.json': {
    get: operation({ summary: "The service's DID document", reply: { type: 'object' }, errors: [] }),
  },
  '/xrpc/app.bsky.feed.describeFeedGenerator': {
    get: operation({
      summary: 'The service and its feeds',
      reply: object({ did: STRING, feeds: array(object({ uri: STRING })), links: { type: 'object' } }, [
        'did',
        'feeds',
      ]),
      errors: [],
    }),
  },
  '/xrpc/app.bsky.feed.getFeedSkeleton': {
    get: operation({
      summary: 'A page of a feed',
      parameters: [
        parameter('feed', { ...STRING, format: 'at-uri' }, true),
        parameter('limit', integer(1, 100, 50)),
        parameter('cursor', STRING),
      ],
      security: [{}, { viewer: [] }],
      reply: object(
        { feed: array(object({ post: STRING, reason: { type: 'object' } }, ['post'])), cursor: STRING, reqId: STRING },
        ['feed'],
      ),
      errors: ['400', '401', '414', '503'],
    }),
  },
  '/xrpc/app.bsky.feed.sendInteractions': {
    post: operation({
      summary: "What a viewer did with a feed's posts",
      security: [{ viewer: [] }],
      body: object({ feed: STRING, interactions: array(ref('Interaction')) }, ['interactions']),
      reply: { type: 'object' },
      errors: ['400', '401', '429', '503'],
    }),
  },
};

const admin = { security: [{ apiKey: [] }], errors: ['400', '401', '403', '503'] };
const listMembers = (reply: object) => operation({ ...admin, summary: "A feed's members", parameters: listing, reply });
const change = (summary: string) =>
  operation({ ...admin, summary, parameters: [feedName, handle], reply: ref('Message') });
const members = array(ref('Member'));

const adminPaths = {
  '/api/admin/feeds': {
    get: operation({
      ...admin,
      summary: 'The feeds that the key is for',
      reply: object({ feeds: { type: 'object' } }),
    }),
  },
  '/api/admin/feed_members': {
    get: listMembers(
      object({ members, page: { type: 'integer' }, totalPages: { type: 'integer' }, totalCount: { type: 'integer' } }),
    ),
    put: change('Makes an account a member'),
    delete: change('Ends a membership'),
  },
  '/feed_members': { get: listMembers(object({ authors: members })) },
  '/assign_user_to_feed': { put: change('Makes an account a member (older path)') },
  '/unassign_user_from_feed': { put: change('Ends a membership (older path)') },
};
