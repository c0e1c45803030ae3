import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { arrayOfStrings, string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';

export interface NewMember {
  readonly did: string;
  /** All of its labels. */
  readonly labels: readonly string[];
}

export interface NewMembersQuery {
  /** Who got a label since, in microseconds since 1970. */
  readonly sinceMicros: number;
  /** An account that was filled since is not filled again, whatever label it gets. */
  readonly filledSinceMicros: number;
  readonly limit: number;
}

/** The name that a filled account has in job_progress. */
export const filledAccountName = (did: string): string => `account:${did}`;

/** Accounts that got a label and have not been filled from their servers since, the longest waiting first. */
export function readNewMembers(
  clickhouse: ClickHouse,
  { sinceMicros, filledSinceMicros, limit }: NewMembersQuery,
  options?: CallOptions,
): Promise<NewMember[]> {
  return clickhouse.query(
    `SELECT members.did AS did, members.labels AS labels
     FROM (SELECT actor_did AS did, arraySort(groupUniqArray(label)) AS labels, max(version) AS since FROM actor_labels FINAL GROUP BY actor_did) AS members
     LEFT JOIN (SELECT name, version AS filled FROM job_progress FINAL WHERE startsWith(name, 'account:')) AS jobs ON jobs.name = concat('account:', members.did)
     WHERE since >= {sinceMicros:UInt64} AND filled < least(since, {filledSinceMicros:UInt64})
     ORDER BY since, did LIMIT {limit:UInt32}`,
    shape({ did: string, labels: arrayOfStrings }),
    { sinceMicros, filledSinceMicros, limit },
    options,
  );
}
