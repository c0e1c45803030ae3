import { type FeedsFile, type ServiceIdentity } from '@updraft/feeds';
import type { DidDirectory, Handles } from '@updraft/identity';
import type { Logger, RateLimit } from '@updraft/service';
import type {
  ErasedAccounts,
  FeedInteractionRow,
  FeedRequestRow,
  MembershipChange,
  MembersPage,
  MembersQuery,
} from '@updraft/store';
import type { RowQueue } from '../analytics/row-queue.ts';
import type { ViewerCounts } from '../analytics/viewer-counts.ts';
import type { Cuts } from '../builds/cuts.ts';
import type { LiveBuilds } from '../builds/live-builds.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Membership } from '../members/membership.ts';
import type { NameFinder } from '../members/name-finder.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import type { ViewerAuth } from '../viewer/viewer-auth.ts';

/** What the routes need. */
export interface FeedgenContext {
  readonly service: ServiceIdentity;
  readonly file: FeedsFile;
  readonly live: LiveBuilds;
  readonly cuts: Cuts;
  readonly membership: Membership;
  readonly members: MemberStore;
  readonly viewers: ViewerAuth;
  readonly keys: KeyRing;
  readonly dids: DidDirectory;
  readonly handles: Handles;
  readonly names: NameFinder;
  readonly requests: RowQueue<FeedRequestRow>;
  readonly interactions: RowQueue<FeedInteractionRow>;
  /** Of whom no row is written. */
  readonly erased: Pick<ErasedAccounts, 'has'>;
  readonly interactionLimit: RateLimit;
  readonly handleLimit: RateLimit;
  readonly viewerCounts: ViewerCounts;
  readonly metrics: FeedgenMetrics;
  readonly log: Logger;
  readonly now: () => number;
}

/** The members as the store has them. */
export interface MemberStore {
  page(query: MembersQuery): Promise<MembersPage>;
  /** False when that changes nothing. */
  change(change: MembershipChange): Promise<boolean>;
  didOfHandle(handle: string): Promise<string | undefined>;
}
