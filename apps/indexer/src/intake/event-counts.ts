import type { StreamEvent } from '@updraft/jetstream';

/** Events of one kind, operation and collection. */
export interface EventCount {
  readonly kind: StreamEvent['kind'];
  /** '' unless a commit. */
  readonly operation: string;
  /** One of COLLECTIONS, or `other`; '' unless a commit. */
  readonly collection: string;
  readonly events: number;
}

/** Counts events without allocating anything for one. */
export interface EventCounts {
  add(event: StreamEvent): void;
  total(): number;
  /** The counts above 0. */
  list(): EventCount[];
  /** Median of the last events' time_us, in microseconds; undefined before the first. A single wrong time does not move it. */
  timeUs(): number | undefined;
}

/** The collections that are counted by name: a fixed list, because anybody can invent new ones. */
const COLLECTIONS: readonly string[] = [
  'app.bsky.feed.post',
  'app.bsky.feed.like',
  'app.bsky.feed.repost',
  'app.bsky.feed.generator',
  'app.bsky.feed.postgate',
  'app.bsky.feed.threadgate',
  'app.bsky.graph.follow',
  'app.bsky.graph.block',
  'app.bsky.graph.list',
  'app.bsky.graph.listblock',
  'app.bsky.graph.listitem',
  'app.bsky.graph.starterpack',
  'app.bsky.graph.verification',
  'app.bsky.actor.profile',
  'app.bsky.actor.status',
  'app.bsky.labeler.service',
  'app.bsky.notification.declaration',
  'chat.bsky.actor.declaration',
];

/** The collection's own name when it is one of COLLECTIONS, else `other`. */
export function collectionLabel(collection: string): string {
  return INDEX.has(collection) ? collection : OTHER;
}

const OTHER = 'other';
const LABELS = [...COLLECTIONS, OTHER];
const INDEX: ReadonlyMap<string, number> = new Map(COLLECTIONS.map((collection, index) => [collection, index]));
const OPERATIONS = ['create', 'update', 'delete'] as const;
const OPERATION_INDEX = { create: 0, update: 1, delete: 2 } as const;
/** A power of two. */
const TIMES = 64;

export function createEventCounts(): EventCounts {
  const commits = new Float64Array(OPERATIONS.length * LABELS.length);
  const times = new Float64Array(TIMES);
  /** Events that are no commits. */
  const others = { identity: 0, account: 0, sync: 0 };
  let timed = 0;
  return {
    add: (event) => {
      times[timed & (TIMES - 1)] = event.timeUs;
      timed += 1;
      if (event.kind === 'commit') {
        const slot =
          OPERATION_INDEX[event.operation] * LABELS.length + (INDEX.get(event.collection) ?? COLLECTIONS.length);
        commits[slot] = (commits[slot] ?? 0) + 1;
      } else others[event.kind] += 1;
    },
    total: () => commits.reduce((sum, events) => sum + events, others.identity + others.account + others.sync),
    list: () =>
      [
        ...OPERATIONS.flatMap((operation, row) =>
          LABELS.map((collection, column) => ({
            kind: 'commit' as const,
            operation,
            collection,
            events: commits[row * LABELS.length + column] ?? 0,
          })),
        ),
        ...(['identity', 'account', 'sync'] as const).map((kind) => ({
          kind,
          operation: '',
          collection: '',
          events: others[kind],
        })),
      ].filter(({ events }) => events > 0),
    timeUs: () => {
      const count = Math.min(timed, TIMES);
      return count === 0 ? undefined : times.slice(0, count).toSorted()[count >> 1];
    },
  };
}
