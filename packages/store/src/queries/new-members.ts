import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { arrayOfStrings, string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { createProgressStore } from '../tables/job-progress.ts';

export interface NewMember {
  readonly did: string;
  /** All of its labels; none of an account that was asked for. */
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

/** The name that an account has in job_progress which a feed needs, though it has no label. */
const askedAccountName = (did: string): string => `asked:${did}`;

/** Asks for an account's repository, unless it was brought in at some time. */
export async function askForAccount(clickhouse: ClickHouse, did: string, atMicros: number): Promise<void> {
  const store = createProgressStore(clickhouse);
  if ((await store.load(filledAccountName(did))) !== undefined) return;
  await store.save(askedAccountName(did), {}, atMicros);
}

/** Accounts that got a label, or were asked for, and have not been filled from their servers since: first those with a label, of both the longest waiting. */
export function readNewMembers(
  clickhouse: ClickHouse,
  { sinceMicros, filledSinceMicros, limit }: NewMembersQuery,
  options?: CallOptions,
): Promise<NewMember[]> {
  return clickhouse.query(
    `SELECT members.did AS did, members.labels AS labels
     FROM
     (
       SELECT did, arraySort(groupUniqArrayIf(label, label != '')) AS labels, max(version) AS since
       FROM
       (
         SELECT actor_did AS did, label, version FROM actor_labels FINAL
         UNION ALL
         SELECT substring(name, length('asked:') + 1), '', version FROM job_progress FINAL WHERE startsWith(name, 'asked:')
       )
       GROUP BY did
     ) AS members
     LEFT JOIN (SELECT name, version AS filled FROM job_progress FINAL WHERE startsWith(name, 'account:')) AS jobs ON jobs.name = concat('account:', members.did)
     WHERE since >= {sinceMicros:UInt64} AND filled < least(since, {filledSinceMicros:UInt64})
     ORDER BY empty(labels), since, did LIMIT {limit:UInt32}`,
    shape({ did: string, labels: arrayOfStrings }),
    { sinceMicros, filledSinceMicros, limit },
    options,
  );
}
