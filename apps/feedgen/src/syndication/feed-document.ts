/** A feed as readers outside of the app get it. */
export interface FeedDocument {
  readonly title: string;
  readonly description: string;
  /** Its page of bsky.app. */
  readonly pageUrl: string;
  readonly items: readonly DocumentItem[];
}

export interface DocumentItem {
  /** The post's at-uri. */
  readonly id: string;
  /** The post's page of bsky.app. */
  readonly url: string;
  readonly title: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** '' where it is not known. */
  readonly handle: string;
  readonly authorUrl: string;
}
