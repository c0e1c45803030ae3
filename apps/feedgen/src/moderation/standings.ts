import { labelsOf, type ModeratedFeed, type Standings } from '@updraft/feeds';
import { type ClickHouse, postsWithLabels, readStandings } from '@updraft/store';
import { LRUCache } from 'lru-cache';
import { createKnownLabels } from './known-labels.ts';

/** More than the builds of some dozens of large feeds hold. */
const MAX_POSTS = 300_000;

interface OwnLabels {
  readonly rowVersion: string;
  readonly labels: readonly string[];
}

/**
 * A post's own labels change only with its record, so they are read once for each version of it; those of labelers, when they are new or have
 * changed. Everything else is read each time.
 */
export function createStandings(clickhouse: ClickHouse, feeds: readonly ModeratedFeed[]): Standings {
  const own = new LRUCache<string, OwnLabels>({ max: MAX_POSTS });
  const values = labelsOf(feeds);
  const knownLabels = createKnownLabels(clickhouse, values);

  async function ownLabels(versions: ReadonlyMap<string, string>): Promise<Map<string, readonly string[]>> {
    const labels = new Map<string, readonly string[]>();
    const unknown: string[] = [];
    for (const [uri, rowVersion] of versions) {
      const known = own.get(uri);
      if (known?.rowVersion === rowVersion) labels.set(uri, known.labels);
      else unknown.push(uri);
    }
    const read = new Map((await postsWithLabels(clickhouse, unknown)).map((post) => [post.uri, post.labels]));
    for (const uri of unknown) {
      labels.set(uri, read.get(uri) ?? NONE);
      own.set(uri, { rowVersion: versions.get(uri) ?? '', labels: read.get(uri) ?? NONE });
    }
    return labels;
  }

  return async (posts) => {
    const versions = new Map([...posts].map(({ uri, rowVersion }) => [uri, rowVersion]));
    const readPostLabels = (uris: readonly string[]) =>
      ownLabels(new Map(uris.map((uri) => [uri, versions.get(uri) ?? ''])));
    const nowMs = Date.now();
    const readLabels = (uris: readonly string[]) => knownLabels(uris, nowMs);
    return readStandings(clickhouse, versions.keys(), { values, nowMs, readLabels, readPostLabels });
  };
}

const NONE: readonly string[] = [];
