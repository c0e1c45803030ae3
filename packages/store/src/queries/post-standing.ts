/** What is known of a post that the rules of a feed may hold against it. */
export interface PostStanding {
  readonly labels: readonly StandingLabel[];
  /** The account asks not to be recommended: app.bsky.actor.contentVisibilityDeclaration/self, hideFromAlgorithmicRecommendations. */
  readonly isOptedOut: boolean;
  /** The feeds out of which a host took the post or its account, by name; '' stands for all. */
  readonly hiddenFrom: readonly string[];
}

/** A label in force: neither taken back nor expired. */
export interface StandingLabel {
  readonly val: string;
  /** The DID of the labeler; of a self-label the author's. */
  readonly src: string;
  /** What it was put on: the post, its account, or the account's profile. */
  readonly on: 'post' | 'account' | 'profile';
}
