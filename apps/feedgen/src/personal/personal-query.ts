import type { PersonalFeed } from '@updraft/feeds';

/** Makes one viewer's list of one kind of personal feed. The engine of builds bounds its time and how many run at once. */
export type PersonalQuery<Kind extends PersonalFeed['kind']> = (
  feed: Extract<PersonalFeed, { kind: Kind }>,
  viewer: Viewer,
  options: { readonly asOfMs: number; readonly signal: AbortSignal },
) => Promise<PersonalAnswer>;

export interface Viewer {
  readonly did: string;
  /** Codes without region, of the request's accept-language, best first. */
  readonly languages: readonly string[];
  /** Whether the viewer was shown this post before; nothing was where the feed has no `hideSeen`. */
  readonly hasSeen: (uri: string) => boolean;
}

export interface PersonalAnswer {
  /** Best first, moderated, at most `feed.size`. None: nothing is known of the viewer, who gets the feed's fallback. */
  readonly posts: readonly PersonalPost[];
  /** Posts that moderation left out. */
  readonly leftOut: readonly string[];
}

export interface PersonalPost {
  readonly uri: string;
  /** Why it is there: at most 200 characters, without `|`. */
  readonly reason: string;
  /** At-uri of the repost by which it came; absent where it came by itself. */
  readonly repostUri?: string;
}
