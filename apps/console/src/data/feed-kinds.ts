/** What a feed is made of, as people say it. docs/feeds.md says how each kind works. */
const KIND_WORDS: Readonly<Record<string, string>> = {
  hot: 'Posts that many like now',
  top: 'The most liked posts',
  'author-label': 'Posts of its members',
  search: 'Posts that match a search',
  list: 'Posts of the accounts of a list',
  union: 'Posts of several feeds together',
  following: 'Posts of whom each reader follows',
  'for-you': 'Posts that each reader may like',
  static: 'Posts that were chosen by hand',
};

/** A kind that has no words here keeps its name. */
export function kindWords(kind: string): string {
  return KIND_WORDS[kind] ?? kind;
}
