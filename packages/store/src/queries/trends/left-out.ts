import { selfLabelsOfRest } from '@updraft/atproto';
import { createList, type List } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { pick } from '../../row-binary/table.ts';
import { readHides } from '../../tables/feed-hides.ts';
import { postRows } from '../../tables/post-rows.ts';
import { isVisibleRecord } from '../../tables/record-rows.ts';
import { profileLabels } from '../standing/profile-labels.ts';
import { didOfUri, profileUri } from '../standing/subjects.ts';
import { hoursParams, isInHours, POSTERS, type TrendHours } from './trend-hours.ts';

export interface LeftOutQuery {
  readonly hours: TrendHours;
  /** Labels of posts, accounts and profiles that leave a post out. */
  readonly values: readonly string[];
  /** Those that do on an account or a profile only. */
  readonly accountValues: readonly string[];
  /** In ms since 1970: which labels have expired. */
  readonly nowMs: number;
}

/** Accounts and posts of these hours that count nowhere and are shown nowhere. */
export interface LeftOut {
  readonly dids: ReadonlySet<string>;
  readonly uris: ReadonlySet<string>;
}

/**
 * Who and what must not be recommended: labelled by a labeler or by themselves, asking not to be recommended, or hidden from all feeds by a host. What
 * readStandings() tells of single posts, for all that wrote in these hours.
 */
export async function readLeftOut(clickhouse: ClickHouse, query: LeftOutQuery): Promise<LeftOut> {
  const params = { ...hoursParams(query.hours), values: [...query.values, ...query.accountValues], nowMs: query.nowMs };
  const subjects = await Promise.all([
    labelled(clickhouse, query, params),
    optedOut(clickhouse, params),
    selfLabelledAccounts(clickhouse, query, params),
    selfLabelledPosts(clickhouse, query, params),
    readHides(clickhouse).then((hides) => hides.filter(({ feed }) => feed === '').map(({ subject }) => subject)),
  ]);
  const all = subjects.flat();
  return {
    dids: new Set(all.filter((subject) => !subject.startsWith('at://'))),
    uris: new Set(all.filter((subject) => subject.startsWith('at://'))),
  };
}

/** As the lists that isRecommended asks for. */
export function leftOutLists({ dids, uris }: LeftOut): List[] {
  const posts = [...uris].map((uri) => ({ did: didOfUri(uri), rkey: uri.slice(uri.lastIndexOf('/') + 1) }));
  return [
    createList(
      'left_out_accounts',
      { did: string },
      [...dids].map((did) => ({ did })),
    ),
    createList('left_out_posts', { did: string, rkey: string }, posts),
  ];
}

export const isRecommended = 'did NOT IN left_out_accounts AND (did, rkey) NOT IN left_out_posts';

type Params = ReturnType<typeof hoursParams>;
const SUBJECT = shape({ uri: string });

/** Subjects of labels in force: a label of a profile is one of its account. */
async function labelled(clickhouse: ClickHouse, { accountValues }: LeftOutQuery, params: Params): Promise<string[]> {
  const rows = await clickhouse.query(
    `SELECT did, uri, val FROM labels FINAL
     WHERE did IN (${POSTERS}) AND val IN {values:Array(String)} AND neg = 0
       AND (exp = toDateTime64(0, 3, 'UTC') OR exp > fromUnixTimestamp64Milli({nowMs:Int64}, 'UTC'))`,
    shape({ did: string, uri: string, val: string }),
    params,
  );
  return rows.flatMap(({ did, uri, val }) => {
    if (uri === did || uri === profileUri(did)) return [did];
    return accountValues.includes(val) ? [] : [uri];
  });
}

async function optedOut(clickhouse: ClickHouse, params: Params): Promise<string[]> {
  const rows = await clickhouse.query(
    `SELECT repo AS uri FROM record_rows FINAL
     WHERE record_hour = 0 AND collection = 'app.bsky.actor.contentVisibilityDeclaration'
       AND repo IN (${POSTERS}) AND rkey_tid = 0 AND rkey_text = 'self'
       AND JSONExtractRaw(json_rest, 'hideFromAlgorithmicRecommendations') = 'true' AND ${isVisibleRecord}`,
    SUBJECT,
    params,
  );
  return rows.map(({ uri }) => uri);
}

async function selfLabelledAccounts(
  clickhouse: ClickHouse,
  { values }: LeftOutQuery,
  params: Params,
): Promise<string[]> {
  const rows = await clickhouse.query(
    `SELECT actor_did AS uri FROM profile_labels FINAL
     WHERE actor_did IN (${POSTERS}) AND hasAny(labels, {values:Array(String)})`,
    SUBJECT,
    params,
  );
  const holding = await profileLabels(
    clickhouse,
    rows.map(({ uri }) => uri),
    values,
  );
  return [...holding.keys()];
}

async function selfLabelledPosts(clickhouse: ClickHouse, { values }: LeftOutQuery, params: Params): Promise<string[]> {
  const uris: string[] = [];
  const chunks = clickhouse.stream(
    `SELECT uri, json_rest FROM post_rows FINAL WHERE ${isInHours} AND position(json_rest, '"labels":') > 0`,
    shape({ uri: string, ...pick(postRows, 'jsonRest') }),
    params,
  );
  for await (const chunk of chunks)
    for (const { uri, jsonRest } of chunk)
      if (selfLabelsOfRest(jsonRest).some((label) => values.includes(label))) uris.push(uri);
  return uris;
}
