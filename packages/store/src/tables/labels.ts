import type { Version } from '@updraft/atproto';
import { readValue } from '../clickhouse/read-value.ts';
import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { bool, dateTime64Ms, lowCardinalityString, string, version } from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** What a labeler said. Of the rows with one subject, value and labeler the highest version counts, and a negation takes the label back. */
export const labels = defineTable('labels', {
  did: string,
  uri: string,
  val: lowCardinalityString,
  /** The labeler's DID. */
  src: lowCardinalityString,
  neg: bool,
  /** Milliseconds since 1970. */
  cts: dateTime64Ms,
  /** Likewise; 0 for a label that does not end. */
  exp: dateTime64Ms,
  /** labelVersion() of its place in the labeler's stream. */
  version,
});
export type LabelRow = RowOf<typeof labels>;

/** How often a labeler may begin to count anew: 11 bits of the version. */
export const MAX_NUMBERING = 2047;

/**
 * The version of a label. A labeler that lost its labels begins to count anew, at 1: each such numbering has a number of its own, from 0, and
 * all that it says is later than all that an earlier one said. 0 is no place of a stream: it is before all of its numbering.
 */
export function labelVersion(numbering: number, seq: number): Version {
  return { hi: numbering * 2 ** 21 + Math.floor(seq / 2 ** 32), lo: seq % 2 ** 32 };
}

/** The number of the labeler's last numbering of which there are labels; 0 when there are none. */
export async function lastNumbering(clickhouse: ClickHouse, src: string, options?: CallOptions): Promise<number> {
  const sql = 'SELECT max(labels.version) AS value FROM labels WHERE src = {src:String}';
  const last = await readValue(clickhouse, version, sql, { src }, options);
  return last === undefined ? 0 : Math.floor(last.hi / 2 ** 21);
}

/**
 * Takes back every label of earlier numberings that the labeler has not said again. To repeat it changes nothing, and a label of this
 * numbering that comes later counts all the same. Its rows may show long after it began, so their ingest_at is when they do at the latest:
 * whoever asks for changes since a time must not miss them.
 */
export async function takeBackEarlierLabels(
  clickhouse: ClickHouse,
  { src, numbering }: { readonly src: string; readonly numbering: number },
  options: CallOptions = {},
): Promise<void> {
  const first = (BigInt(numbering) << 53n).toString();
  await clickhouse.command(
    `INSERT INTO labels (did, uri, val, src, neg, cts, exp, version, ingest_at)
     SELECT did, uri, val, src, 1, cts, exp, {first:UInt64}, now64(3, 'UTC') + toIntervalMillisecond({longestMs:UInt32}) FROM labels FINAL
     WHERE src = {src:String} AND version < {first:UInt64} AND neg = 0`,
    { src, first, longestMs: TAKE_BACK_TIMEOUT_MS },
    { timeoutMs: TAKE_BACK_TIMEOUT_MS, ...options },
  );
}

/** It reads the table once. */
const TAKE_BACK_TIMEOUT_MS = 600_000;
