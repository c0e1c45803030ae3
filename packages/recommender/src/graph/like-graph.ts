import { type Numbers, withPlaceFor } from './growing.ts';
import { createHoursOfLikes, type HourOfLikes } from './hours-of-likes.ts';
import { createKeyDictionary, type KeyDictionary } from './key-dictionary.ts';
import { createPostFacts, type PostFact, type PostFacts } from './post-facts.ts';
import { createSegment, type Segment } from './segment.ts';

/** Who liked what in the last hours, in memory: a segment for each hour. */
export interface LikeGraph {
  /** The hours that it holds, newest first, in hours since 1970. */
  readonly hours: readonly HourOfLikes[];
  readonly likes: number;
  /** About what its arrays take. */
  readonly bytes: number;
  readonly accounts: Ids;
  readonly posts: Ids;
  readonly facts: PostFacts;
  /** Begins to read an hour anew: the hour stays as it was until `commit`. One hour at a time, and none is dropped meanwhile. */
  beginHour(hour: number): HourReading;
  dropHour(hour: number): void;
  /** Takes what is known of a post. Posts that nobody likes are not kept. */
  learn(fact: PostFact): void;
}

export interface Ids extends Pick<KeyDictionary, 'size' | 'bound' | 'find' | 'keyOf'> {
  /** Likes of an account, or of a post, in all hours. */
  likesOf(id: number): number;
}

/** One hour as it is read. Ends by `commit` or `abandon`. */
export interface HourReading {
  readonly likes: number;
  add(likerLo: number, likerHi: number, postLo: number, postHi: number): void;
  commit(): void;
  abandon(): void;
}

export function createLikeGraph(): LikeGraph {
  const facts = createPostFacts();
  const accounts = createCountedIds();
  const posts = createCountedIds((id) => facts.forget(id));
  const hours = createHoursOfLikes((segment, sign) => {
    accounts.count(segment.likers, segment.likerStarts, sign);
    posts.count(segment.posts, segment.postStarts, sign);
  });
  return {
    get hours() {
      return hours.all();
    },
    get likes() {
      return hours.likes();
    },
    get bytes() {
      return hours.bytes() + accounts.bytes() + posts.bytes() + facts.bytes;
    },
    accounts,
    posts,
    facts,
    ...createReadings(accounts, posts, hours),
    learn: (fact) => {
      const id = posts.find(fact.keyLo, fact.keyHi);
      if (id >= 0) facts.set(id, fact);
    },
  };
}

/** One reading at a time: another would give back its ids. */
function createReadings(
  accounts: CountedIds,
  posts: CountedIds,
  hours: ReturnType<typeof createHoursOfLikes>,
): Pick<LikeGraph, 'beginHour' | 'dropHour'> {
  let isReading = false;
  const requireNoReading = (): void => {
    if (isReading) throw new Error('an hour is being read, whose ids nobody else may give back');
  };
  return {
    beginHour: (hour) => {
      requireNoReading();
      isReading = true;
      return readHour(accounts, posts, (segment) => {
        isReading = false;
        if (segment !== undefined) hours.replace(hour, segment);
      });
    },
    dropHour: (hour) => {
      requireNoReading();
      hours.replace(hour, undefined);
    },
  };
}

type CountedIds = ReturnType<typeof createCountedIds>;

function readHour(accounts: CountedIds, posts: CountedIds, done: (segment: Segment | undefined) => void): HourReading {
  const likers = createColumn();
  const liked = createColumn();
  const sweep = (): void => {
    for (const id of likers.values()) accounts.sweep(id);
    for (const id of liked.values()) posts.sweep(id);
    done(undefined);
  };
  return {
    get likes() {
      return likers.values().length;
    },
    add: (likerLo, likerHi, postLo, postHi) => {
      likers.push(accounts.intern(likerLo, likerHi));
      liked.push(posts.intern(postLo, postHi));
    },
    commit: () => done(createSegment(likers.values(), liked.values(), { likers: accounts.bound, posts: posts.bound })),
    abandon: sweep,
  };
}

/** Ids of an hour, in the order in which they come. */
function createColumn() {
  let ids = new Uint32Array(0);
  let length = 0;
  return {
    push: (id: number): void => {
      ids = withPlaceFor(ids, length);
      ids[length++] = id;
    },
    values: () => ids.subarray(0, length),
  };
}

/** Keys whose ids live as long as a segment names them, and how many likes each has in all segments. */
function createCountedIds(onFree?: (id: number) => void) {
  const dictionary = createKeyDictionary(onFree);
  let counts = new Uint32Array(0);
  return {
    get size() {
      return dictionary.size;
    },
    get bound() {
      return dictionary.bound;
    },
    bytes: () => dictionary.bytes + (counts as Numbers).byteLength,
    find: dictionary.find,
    intern: dictionary.intern,
    keyOf: dictionary.keyOf,
    sweep: dictionary.sweep,
    likesOf: (id: number) => counts[id] ?? 0,
    /** Takes a segment in, or out. */
    count: (set: Segment['posts'], starts: Uint32Array, sign: 1 | -1): void => {
      let rank = 0;
      set.forEach((id) => {
        counts = withPlaceFor(counts, id);
        const likes = (starts[rank + 1] as number) - (starts[rank] as number);
        counts[id] = (counts[id] as number) + sign * likes;
        if (sign === 1) dictionary.retain(id);
        else dictionary.release(id);
        rank += 1;
      });
    },
  };
}
