import type { MemberChange } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import type { ClickHouse } from '@updraft/store';
import type { FeedgenMetrics } from '../../metrics.ts';

/** What a round of reading sources works with. */
export interface IntakeContext {
  readonly clickhouse: ClickHouse;
  readonly metrics: Pick<FeedgenMetrics, 'memberSourcesFull'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** How long a source must be without an account before the membership ends. */
  readonly graceMs: number;
  /** Carries out changes in the name of a source; gives how many accounts changed. */
  apply(label: string, source: string, changes: readonly MemberChange[]): Promise<number>;
}
