import type { ClickHouse } from '../clickhouse/types.ts';
import { string, uint64 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';

/** Who took a post or its account out of a feed, when and why. */
export interface HideOf {
  /** The feed's name; '' for all. */
  readonly feed: string;
  /** The post's uri, or the account's DID. */
  readonly subject: string;
  readonly reason: string;
  readonly changedBy: string;
  /** Microseconds since 1970. */
  readonly version: number;
}

/** The hides of any feed that concern a post or its account. */
export function hidesOfPost(clickhouse: ClickHouse, uri: string, did: string): Promise<HideOf[]> {
  return clickhouse.query(
    `SELECT feed, subject, reason, changed_by, version FROM feed_hides FINAL
     WHERE subject IN ({uri:String}, {did:String}) ORDER BY version`,
    shape({ feed: string, subject: string, reason: string, changedBy: string, version: uint64 }),
    { uri, did },
  );
}
