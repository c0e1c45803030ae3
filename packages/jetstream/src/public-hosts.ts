/** Source: the public instances that Jetstream's README lists. Those of v2 come first, since v1 lacks `#sync` and what follows it. */
export const PUBLIC_HOSTS: readonly string[] = [
  'wss://jetstream.us-east.bsky.network',
  'wss://jetstream.us-west.bsky.network',
  'wss://jetstream1.us-east.bsky.network/subscribe',
  'wss://jetstream1.us-west.bsky.network/subscribe',
  'wss://jetstream2.us-west.bsky.network/subscribe',
  // It left collections out twice in the summer of 2026, and once accepted connections and sent nothing.
  'wss://jetstream2.us-east.bsky.network/subscribe',
];
