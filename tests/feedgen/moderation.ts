import { commitVersion, type JsonObject, recordJson } from '@updraft/atproto';
import { type ClickHouse, insertRows, recordRows } from '@updraft/store';
import { recordRow } from '../record-row.ts';

export interface LabelSpec {
  /** A DID, or the at-uri of a record. */
  readonly uri: string;
  readonly val: string;
  readonly src?: string;
  readonly neg?: boolean;
  /** In ms since 1970; absent: it doesn't end. */
  readonly expMs?: number;
}

let clock = 0;

/** What a labeler says, as the indexer writes it. */
export async function writeLabels(clickhouse: ClickHouse, ...labels: LabelSpec[]): Promise<void> {
  const params: Record<string, unknown> = {};
  const rows = labels.map(({ uri, val, src = 'did:plc:labeler', neg = false, expMs = 0 }, n) => {
    const values = { did: /did:[^/]+/.exec(uri)?.[0] ?? '', uri, val, src, neg: neg ? 1 : 0, expMs, version: ++clock };
    for (const [name, value] of Object.entries(values)) params[`${name}${n}`] = value;
    return `{did${n}:String}, {uri${n}:String}, {val${n}:String}, {src${n}:String}, {neg${n}:UInt8}, now64(3), fromUnixTimestamp64Milli({expMs${n}:Int64}, 'UTC'), {version${n}:UInt64}`;
  });
  await clickhouse.command(
    `INSERT INTO labels (did, uri, val, src, neg, cts, exp, version) ${rows.map((row) => `SELECT ${row}`).join(' UNION ALL ')}`,
    params,
  );
}

/** A record with the key `self`; undefined deletes it. */
export async function writeSelf(
  clickhouse: ClickHouse,
  repo: string,
  collection: string,
  record: JsonObject | undefined,
): Promise<void> {
  const deleted = record === undefined;
  const version = commitVersion({ micros: Date.now() * 1000 + ++clock, clockId: 0 }, deleted);
  const json = deleted ? '' : (recordJson({ $type: collection, ...record }) ?? '');
  await insertRows(clickhouse, recordRows, [recordRow({ repo, rkey: 'self', collection, version, deleted, json })]);
}

export const selfLabels = (...values: string[]): JsonObject => ({
  labels: { $type: 'com.atproto.label.defs#selfLabels', values: values.map((val) => ({ val })) },
});

export const PROFILE = 'app.bsky.actor.profile';
export const VISIBILITY = 'app.bsky.actor.contentVisibilityDeclaration';
