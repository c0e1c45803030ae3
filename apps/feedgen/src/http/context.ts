import type { SignIn } from '@updraft/console-api';
import type { Explain, FeedsFile, MemberIntake, ServiceIdentity } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import type { ClickHouse } from '@updraft/store';
import type { Analytics } from '../analytics/analytics.ts';
import type { Cuts } from '../builds/cuts.ts';
import type { LiveBuilds } from '../builds/live-builds.ts';
import type { ForYou } from '../for-you/for-you.ts';
import type { Identity } from '../identity.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Membership } from '../members/membership.ts';
import type { FeedgenMetrics } from '../metrics.ts';
import type { Hides } from '../moderation/hides.ts';
import type { PersonalBuilds } from '../personal/personal-builds.ts';
import type { PostLanguages } from '../personal/post-languages.ts';
import type { Preview } from '../previews/preview.ts';
import type { FeedRegistry } from '../saved-settings/feed-registry.ts';
import type { SeenPosts } from '../seen/seen-posts.ts';
import type { Documents } from '../syndication/documents.ts';

/** What the routes need. */
export interface FeedgenContext {
  readonly service: ServiceIdentity;
  /** For cards of posts; no page of a feed waits for it. */
  readonly clickhouse: ClickHouse;
  /** The registry's: `feeds` are as they are now. */
  readonly file: FeedsFile;
  readonly registry: FeedRegistry;
  readonly live: LiveBuilds;
  readonly cuts: Cuts;
  readonly hides: Hides;
  readonly personal: PersonalBuilds;
  readonly languages: PostLanguages;
  /** For readiness. */
  readonly graphState: ForYou['graphState'];
  readonly membership: Membership;
  readonly intakes: readonly MemberIntake[];
  readonly keys: KeyRing;
  readonly identity: Identity;
  readonly seen: SeenPosts;
  readonly analytics: Analytics;
  readonly explain: Explain;
  readonly preview: Preview;
  readonly documents: Documents;
  /** Undefined with CONSOLE_OFF. */
  readonly signIn: SignIn | undefined;
  readonly metrics: FeedgenMetrics;
  readonly log: Logger;
}
