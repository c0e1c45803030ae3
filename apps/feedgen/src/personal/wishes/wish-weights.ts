/** A post as wishes see it. */
export interface WishedPost {
  readonly author: string;
  readonly topics: readonly string[];
}

/** What a viewer wished of a post. */
export interface Wish extends WishedPost {
  readonly isMore: boolean;
  /** In ms since 1970. */
  readonly atMs: number;
}

/** What one fresh wish does to the posts of its author, and to those of its topic. */
const LESS = Math.log(1 / 2);
const MORE = Math.log(1.5);
/** A wish has half its force after half of this, and none after it. */
const FADES_MS = 90 * 86_400_000;
const LEAST = 1 / 16;
const MOST = 4;

/**
 * By which factor a post's score is multiplied for this viewer, 1/16 to 4: that of its author, times that of the topic of which it is said
 * most. 1 for what no wish is about.
 */
export function wishWeights(wishes: readonly Wish[], nowMs: number): (post: WishedPost) => number {
  const authors = new Map<string, number>();
  const topics = new Map<string, number>();
  for (const { isMore, atMs, author, topics: ofPost } of wishes) {
    const force = (isMore ? MORE : LESS) * Math.min(1, Math.max(0, 1 - (nowMs - atMs) / FADES_MS));
    add(authors, author, force);
    for (const topic of ofPost) add(topics, topic, force);
  }
  return (post) => {
    const forces = post.topics.map((topic) => topics.get(topic) ?? 0);
    const ofTopic = forces.reduce((most, force) => (Math.abs(force) > Math.abs(most) ? force : most), 0);
    const factor = Math.exp((authors.get(post.author) ?? 0) + ofTopic);
    return Math.min(MOST, Math.max(LEAST, factor));
  };
}

function add(forces: Map<string, number>, key: string, force: number): void {
  forces.set(key, (forces.get(key) ?? 0) + force);
}
