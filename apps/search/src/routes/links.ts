import { recordTime } from '@updraft/atproto';
import {
  type HttpServer,
  InvalidRequestError,
  onceOf,
  optionalOnce,
  RateLimitExceededError,
  wholeNumber,
} from '@updraft/service';
import {
  type ClickHouse,
  countLinks,
  LINK_KIND_NAMES,
  LINK_KINDS,
  type LinkKindName,
  type LinkPlace,
  newestLinks,
} from '@updraft/store';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import { formatLinkCursor, parseLinkCursor } from '../links/link-cursor.ts';
import { kindsOf, readTarget } from '../links/link-request.ts';
import { takeTurn } from './take-turn.ts';

const wanted = {
  target: onceOf('target'),
  kind: z.enum(LINK_KIND_NAMES, { error: `expected one of ${LINK_KIND_NAMES.join(', ')}` }).optional(),
  collection: optionalOnce,
  path: optionalOnce,
};
const count = z.object({ records: z.int(), distinct_dids: z.int() });
const countSchema = {
  summary: 'How many records, and of how many accounts, link to a record, an account or a web page, by kind',
  querystring: z.object(wanted),
  response: { 200: z.object({ target: z.string(), links: z.partialRecord(z.enum(LINK_KIND_NAMES), count) }) },
};
const link = z.object({
  uri: z.string(),
  did: z.string(),
  collection: z.string(),
  rkey: z.string(),
  /** The time in the key. */
  created_at: z.iso.datetime().nullable(),
});
const listSchema = {
  summary: 'The records of one kind that link to a record, an account or a web page, the newest first',
  querystring: z.object({
    ...wanted,
    limit: wholeNumber({ min: 1, max: 100, preset: 50, pattern: /^\d{1,9}$/ }),
    cursor: optionalOnce,
  }),
  response: { 200: z.object({ target: z.string(), linking_records: z.array(link), cursor: z.string().optional() }) },
};
const config = { errors: [RateLimitExceededError] };

/** GET /links/count and GET /links: what links to a target, as it shows now. */
export function links(app: HttpServer, context: SearchContext): void {
  const turn = {
    what: 'this question',
    advice: 'more links lead there than can be looked through at once; ask for one kind of link',
    onEnd: (outcome: string) => context.metrics.linkQueries.inc({ outcome }),
  };
  app.get('/links/count', { schema: countSchema, config }, async (request, reply) => {
    const target = readTarget(request.query.target);
    const kinds = kindsOf(target, request.query);
    const run = (clickhouse: ClickHouse) => countKinds(clickhouse, target.text, kinds);
    return { target: target.text, links: await takeTurn(context, request, reply, { ...turn, run }) };
  });
  app.get('/links', { schema: listSchema, config }, async (request, reply) => {
    const { limit, cursor } = request.query;
    const wantedTarget = readTarget(request.query.target);
    const kind = onlyOne(kindsOf(wantedTarget, request.query));
    const target = wantedTarget.text;
    // One more than the page tells whether there is another.
    const page = { kind, target, after: readCursor(cursor), limit: limit + 1 };
    const run = (clickhouse: ClickHouse) => newestLinks(clickhouse, page, Date.now());
    const found = await takeTurn(context, request, reply, { ...turn, run });
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      target,
      linking_records: found.slice(0, limit).map((place) => linkView(LINK_KINDS[kind].collection, place)),
      ...(last === undefined ? {} : { cursor: formatLinkCursor(last) }),
    };
  });
}

type Counts = Partial<Record<LinkKindName, z.output<typeof count>>>;

async function countKinds(clickhouse: ClickHouse, target: string, kinds: readonly LinkKindName[]): Promise<Counts> {
  const counts: Counts = {};
  for (const kind of kinds) {
    const { records, accounts } = await countLinks(clickhouse, { kind, target });
    counts[kind] = { records, distinct_dids: accounts };
  }
  return counts;
}

/** One kind at a time; who blocks an account is counted, and no list to be called to account by. */
function onlyOne(kinds: readonly LinkKindName[]): LinkKindName {
  const [kind, ...others] = kinds;
  if (kind === 'block') throw new InvalidRequestError('kind: blocks are counted, not listed');
  if (kind !== undefined && others.length === 0) return kind;
  throw new InvalidRequestError(`kind: expected one of ${kinds.join(', ')}`);
}

function readCursor(cursor: string | undefined): LinkPlace | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  const place = parseLinkCursor(cursor);
  if (place === undefined) throw new InvalidRequestError('cursor: expected one that a page gave');
  return place;
}

function linkView(collection: string, { did, rkey }: LinkPlace): z.output<typeof link> {
  const { recordTimeS } = recordTime(rkey);
  return {
    uri: `at://${did}/${collection}/${rkey}`,
    did,
    collection,
    rkey,
    created_at: recordTimeS === 0 ? null : new Date(recordTimeS * 1000).toISOString(),
  };
}
