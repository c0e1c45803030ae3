import { type FeedEntry, querySchemas } from '../schema.ts';

const { hot, top, newestFound, hottestFound, authorLabel, list, union } = querySchemas;

const ofEvery = { languages: true, mediaOnly: true, perAuthor: true, window: true, replies: true } as const;
const byLikes = { minimumAge: true, minimumLikes: true, weights: true } as const;
const search = { query: true, pattern: true } as const;

/**
 * What hosts may change of a feed beside feeds.yaml, by kind: which posts it chooses, and how it ranks them. Who reads and looks after it, whose
 * posts it is made of, what is moderated, and how much work it makes are the operator's. Of what is here a running service keeps nothing from
 * its start: each build reads it anew.
 */
const changeable = {
  hot: hot.pick({ ...ofEvery, ...byLikes, gravity: true }),
  top: top.pick({ ...ofEvery, ...byLikes }),
  newestFound: newestFound.pick({ ...ofEvery, ...search }),
  hottestFound: hottestFound.pick({ ...ofEvery, ...search, ...byLikes, gravity: true }),
  authorLabel: authorLabel.pick(ofEvery),
  list: list.pick(ofEvery),
  union: union.pick({ ...ofEvery, order: true }),
};

/** The names of the settings that hosts may change of such a feed; none of a feed without builds for all. */
export function changeableSettings(feed: FeedEntry): readonly string[] {
  const schema = schemaOf(feed);
  return schema === undefined ? [] : Object.keys(schema.shape);
}

function schemaOf(feed: FeedEntry) {
  if (feed.kind === 'static' || feed.kind === 'following' || feed.kind === 'for-you') return undefined;
  if (feed.kind === 'search') return feed.order === 'hot' ? changeable.hottestFound : changeable.newestFound;
  return feed.kind === 'author-label' ? changeable.authorLabel : changeable[feed.kind];
}
