import { isDid } from '@updraft/atproto';
import { callerKey, type HttpServer, InvalidRequestError, onceOf, UpstreamFailureError } from '@updraft/service';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import type { PdsClient } from '../pds/pds-client.ts';
import { readUri } from '../redir/redir.ts';
import { callerSignal } from './caller-signal.ts';
import { UPSTREAM_ERRORS } from './upstream.ts';

const schema = {
  summary: "The accounts on a list, from its owner's server",
  querystring: z.object({ uri: onceOf('uri') }),
  response: {
    200: z.object({
      members: z.array(z.string()),
      list: z.record(z.string(), z.unknown()),
      uri: z.string(),
      is_truncated: z.literal(true).optional(),
    }),
  },
};
const LIST = 'app.bsky.graph.list';
const LIST_ITEM = 'app.bsky.graph.listitem';
/** The most pages of 100 items, and the most text. The answer for a longer list has its first members, and says so. */
const MAX_PAGES = 300;
const MAX_CHARACTERS = 20_000_000;
const ITEMS_A_PAGE = 100;
const HANDLER_TIMEOUT_MS = 60_000;

/** GET /list/members?uri=: the accounts on a list, read from its owner's server. Takes an at-uri or a page of bsky.app. */
export function listMembers(app: HttpServer, { accounts, pdsClient, listTurns }: SearchContext): void {
  const options = { schema, config: { errors: UPSTREAM_ERRORS }, handlerTimeout: HANDLER_TIMEOUT_MS };
  app.get('/list/members', options, async (request, reply) => {
    const signal = callerSignal(reply, HANDLER_TIMEOUT_MS);
    const { authority, rkey } = readListUri(request.query.uri);
    const caller = callerKey(request.ip);
    const read = async () => {
      const { did, pds } = await accounts.find(authority, caller);
      const list = await readList(pdsClient, pds, did, rkey, signal);
      const uri = `at://${did}/${LIST}/${rkey}`;
      const { members, isWhole } = await readMembers(pdsClient, { pds, did, uri, signal });
      return { members, list, uri, ...(isWhole ? {} : { is_truncated: true as const }) };
    };
    return listTurns.run(caller, read, signal);
  });
}

function readListUri(text: string): { authority: string; rkey: string } {
  const parsed = readUri(text);
  if (parsed?.collection === LIST && parsed.rkey !== '') return parsed;
  throw new InvalidRequestError('uri: expected the at-uri or the bsky.app page of a list');
}

async function readList(
  client: PdsClient,
  pds: string,
  repo: string,
  rkey: string,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { body } = await client.call({
    pds,
    method: 'com.atproto.repo.getRecord',
    query: { repo, collection: LIST, rkey },
    signal,
  });
  const record = z.object({ value: z.record(z.string(), z.unknown()) }).safeParse(body);
  if (record.success) return record.data.value;
  throw new UpstreamFailureError("the list's server gave no record");
}

/** The number of items is checked before each of them is. */
const itemsPage = z.object({
  cursor: z.string().min(1).max(2_048).optional(),
  records: z
    .custom<unknown[]>((records) => Array.isArray(records) && records.length <= ITEMS_A_PAGE)
    .pipe(z.array(z.object({ value: z.unknown() }))),
});
const item = z.object({ list: z.string(), subject: z.string().refine((did) => isDid(did)) });

/** @throws UpstreamFailureError: a page that can't be read is not the end of the list */
function readPage(body: unknown): z.output<typeof itemsPage> {
  const page = itemsPage.safeParse(body);
  if (page.success) return page.data;
  throw new UpstreamFailureError("the list's server gave a page that can not be read");
}

/** The accounts that items of this list name, each once, in the order of the items. */
async function readMembers(
  client: PdsClient,
  { pds, did, uri, signal }: { pds: string; did: string; uri: string; signal: AbortSignal },
): Promise<{ members: string[]; isWhole: boolean }> {
  const members = new Set<string>();
  let [cursor, left]: [string | undefined, number] = [undefined, MAX_CHARACTERS];
  for (let page = 0; page < MAX_PAGES && left > 0; page++) {
    const query = {
      repo: did,
      collection: LIST_ITEM,
      limit: String(ITEMS_A_PAGE),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const { body, characters } = await client.call({ pds, method: 'com.atproto.repo.listRecords', query, signal });
    const { records, cursor: next } = readPage(body);
    left -= characters;
    for (const { value } of records) {
      const read = item.safeParse(value);
      if (read.success && read.data.list === uri) members.add(read.data.subject);
    }
    if (next === undefined || next === cursor || records.length === 0) return { members: [...members], isWhole: true };
    cursor = next;
  }
  return { members: [...members], isWhole: false };
}
