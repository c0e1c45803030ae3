import type { ModeratedFeed } from '@updraft/feeds';
import { every, type Logger } from '@updraft/service';
import { type CutsOptions, cutsOf, whatShows } from '../builds/cuts.ts';
import type { Bus } from '../bus.ts';
import { within } from '../within.ts';
import type { KeptBuild } from './kept-builds.ts';

/** Takes out of viewers' builds what no longer shows, as cuts.ts does for those that all share. */
export interface PersonalCuts {
  /**
   * Resolves when the build was looked through within FRESH_MS, after a short wait in any case: then the last answer holds. A build that is read
   * is looked through in rounds, so that few pages wait for it.
   */
  ensure(kept: KeptBuild): Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

export interface PersonalCutsOptions extends Pick<CutsOptions, 'visiblePosts' | 'standings' | 'cutsIntervalMs'> {
  feeds: readonly ModeratedFeed[];
  /** Builds in memory, those that were read last first. */
  all: () => Iterable<KeptBuild>;
  bus: Pick<Bus, 'listen'>;
  log: Logger;
  waits: { readonly lookUpMs: number };
}

const FRESH_MS = 25_000;
/** Who has not read for so long is no longer looked after: their build is looked through when they come back. */
const READERS_MS = 10 * 60_000;
/** Of one round; each is counted once, however many builds have it. */
const MAX_POSTS = 20_000;

export function createPersonalCuts(options: PersonalCutsOptions): PersonalCuts {
  const { feeds, all, bus, log, waits, cutsIntervalMs = 8_000 } = options;
  const byAlias = new Map(feeds.map((feed) => [feed.alias, feed]));
  const onError = (err: unknown) => log.warn({ err }, "viewers' builds could not be checked");

  async function check(builds: readonly KeptBuild[]): Promise<void> {
    const at = Date.now();
    const shown = await whatShows([...new Set(builds.flatMap(urisOf))], options);
    for (const kept of builds) {
      const feed = byAlias.get(kept.alias);
      if (feed === undefined || kept.checkedAtMs > at) continue; // a later look ended earlier
      kept.cut = cutsOf(feed, urisOf(kept), shown);
      kept.checkedAtMs = at;
    }
  }

  const checkSoon = inBatches(check);
  const checkRead = () => check(takePosts(readSince(all(), Date.now() - READERS_MS)));
  // Accounts were erased: their posts leave the builds at once.
  bus.listen((news) => {
    if (news.kind === 'erased') checkRead().catch(onError);
  });
  return {
    ensure: async (kept) => {
      if (Date.now() - kept.checkedAtMs < FRESH_MS) return;
      await within(waits.lookUpMs, checkSoon(kept).catch(onError));
    },
    run: (signal) => every(cutsIntervalMs, signal, checkRead, onError),
  };
}

function urisOf({ build }: KeptBuild): string[] {
  return build.posts.filter(({ isPinned }) => !isPinned).map(({ uri }) => uri);
}

function* readSince(builds: Iterable<KeptBuild>, sinceMs: number): Generator<KeptBuild> {
  for (const kept of builds) if (kept.lastReadMs >= sinceMs) yield kept;
}

/** The first of the builds, until they have as many posts as may be looked up at once. */
function takePosts(builds: Iterable<KeptBuild>): KeptBuild[] {
  const uris = new Set<string>();
  const taken: KeptBuild[] = [];
  for (const kept of builds) {
    for (const uri of urisOf(kept)) uris.add(uri);
    if (uris.size > MAX_POSTS && taken.length > 0) break;
    taken.push(kept);
  }
  return taken;
}

/** Looks builds through together: what comes while a look is under way waits for the next one. */
function inBatches(check: (builds: readonly KeptBuild[]) => Promise<void>): (kept: KeptBuild) => Promise<void> {
  const waiting = new Set<KeptBuild>();
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return (kept) => {
    waiting.add(kept);
    next ??= last
      .catch(() => {})
      .then(() => {
        const batch = takePosts(waiting);
        waiting.clear(); // who is left out by the bound asks again at the next page
        next = undefined;
        return check(batch);
      });
    last = next;
    return next;
  };
}
