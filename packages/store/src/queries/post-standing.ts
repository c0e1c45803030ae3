import type { ClickHouse } from '../clickhouse/types.ts';
import { readHidesOf } from '../tables/feed-hides.ts';
import { type PostWithLabels, postsWithLabels } from '../tables/post-rows.ts';
import { type GivenLabel, labelsInForce } from './standing/labels-in-force.ts';
import { optedOutAccounts } from './standing/opted-out-accounts.ts';
import { profileLabels } from './standing/profile-labels.ts';
import { didOfUri, profileUri } from './standing/subjects.ts';

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

export interface StandingQuery {
  /** Labels of these values are read, and no others. */
  readonly values: readonly string[];
  /** In ms since 1970: which labels have expired. */
  readonly nowMs: number;
  /** Gives the labels in force on posts, their accounts and profiles, by the subject, for a caller who knows some already. Default: they are read. */
  readonly readLabels?: (uris: readonly string[]) => Promise<ReadonlyMap<string, readonly GivenLabel[]>>;
  /** Gives the self-labels of posts by their uris, for a caller who knows some already. Default: they are read. */
  readonly readPostLabels?: (uris: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;
}

/** The standing of each post. Everything is looked up by its key, so the cost is that of the list, not of the network. */
export async function readStandings(
  clickhouse: ClickHouse,
  uris: Iterable<string>,
  query: StandingQuery,
): Promise<Map<string, PostStanding>> {
  const all = [...new Set(uris)];
  const standings = new Map<string, PostStanding>();
  for (let start = 0; start < all.length; start += POSTS_AT_ONCE) {
    const some = all.slice(start, start + POSTS_AT_ONCE);
    const facts = await readFacts(clickhouse, some, query);
    for (const uri of some) standings.set(uri, standingOf(uri, facts));
  }
  return standings;
}

const POSTS_AT_ONCE = 20_000;

/** The labels in force of each post, for a caller who asks for nothing else, about a few posts. */
export async function readStandingLabels(
  clickhouse: ClickHouse,
  uris: Iterable<string>,
  query: StandingQuery,
): Promise<Map<string, readonly StandingLabel[]>> {
  const all = [...new Set(uris)];
  const labels = await readLabelsOf(clickhouse, all, query);
  const wanted = new Set(query.values);
  return new Map(all.map((uri) => [uri, labelsOn(uri, labels, wanted)]));
}

interface Labels {
  /** What labelers said, by the subject. */
  readonly labels: ReadonlyMap<string, readonly GivenLabel[]>;
  /** Self-labels of posts, by uri. */
  readonly post: ReadonlyMap<string, readonly string[]>;
  /** Self-labels of profiles, by DID. */
  readonly profile: ReadonlyMap<string, readonly string[]>;
}

type Facts = Awaited<ReturnType<typeof readFacts>>;

async function readFacts(clickhouse: ClickHouse, uris: readonly string[], query: StandingQuery) {
  const dids = [...new Set(uris.map(didOfUri))];
  const [labelled, optedOut, hides] = await Promise.all([
    readLabelsOf(clickhouse, uris, query),
    optedOutAccounts(clickhouse, dids),
    readHidesOf(clickhouse, [...uris, ...dids]),
  ]);
  return { labelled, optedOut, hides, wanted: new Set(query.values) };
}

async function readLabelsOf(clickhouse: ClickHouse, uris: readonly string[], query: StandingQuery): Promise<Labels> {
  if (query.values.length === 0) return { labels: new Map(), post: new Map(), profile: new Map() };
  const readPostLabels =
    query.readPostLabels ?? (async (asked) => selfLabelsOf(await postsWithLabels(clickhouse, asked)));
  const readLabels = query.readLabels ?? ((asked) => labelsInForce(clickhouse, asked, query));
  const [labels, post, profile] = await Promise.all([
    readLabels(uris),
    readPostLabels(uris),
    profileLabels(clickhouse, [...new Set(uris.map(didOfUri))], query.values),
  ]);
  return { labels, post, profile };
}

function selfLabelsOf(posts: readonly PostWithLabels[]): Map<string, readonly string[]> {
  return new Map(posts.map(({ uri, labels }) => [uri, labels]));
}

function standingOf(uri: string, { labelled, optedOut, hides, wanted }: Facts): PostStanding {
  const did = didOfUri(uri);
  return {
    labels: labelsOn(uri, labelled, wanted),
    isOptedOut: optedOut.has(did),
    hiddenFrom: [...(hides.get(uri) ?? []), ...(hides.get(did) ?? [])],
  };
}

function labelsOn(uri: string, { labels, post, profile }: Labels, wanted: ReadonlySet<string>): StandingLabel[] {
  const did = didOfUri(uri);
  const own = (vals: readonly string[] | undefined, on: StandingLabel['on']): StandingLabel[] =>
    (vals ?? []).filter((val) => wanted.has(val)).map((val) => ({ val, src: did, on }));
  const given = (subject: string, on: StandingLabel['on']): StandingLabel[] =>
    (labels.get(subject) ?? []).map((label) => ({ ...label, on }));
  return [
    ...given(uri, 'post'),
    ...own(post.get(uri), 'post'),
    ...given(did, 'account'),
    ...given(profileUri(did), 'profile'),
    ...own(profile.get(did), 'profile'),
  ];
}
