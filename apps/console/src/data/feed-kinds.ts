/** What a feed is made of, as people say it. docs/feeds.md says how each kind works. */
const KIND_WORDS: Readonly<Record<string, string>> = {
  hot: 'posts that many like now',
  top: 'the most liked posts',
  'author-label': 'posts of its members',
  search: 'posts that match a search',
  list: 'posts of the accounts of a list',
  union: 'posts of several feeds together',
  following: 'posts of whom each reader follows',
  'for-you': 'posts that each reader may like',
  static: 'posts that were chosen by hand',
};

/** A kind that has no words here keeps its name. */
export function kindWords(kind: string): string {
  return KIND_WORDS[kind] ?? kind;
}
