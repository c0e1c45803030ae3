import {
  authorsLabel,
  type BuildState,
  buildFault,
  type Feed,
  isQueried,
  lateAfterMs,
  type QueriedFeed,
  reasonToBeEmpty,
  withVariants,
} from '@updraft/feeds';
import { lasting } from '@updraft/service';
import { readMembers } from '@updraft/store';
import type { AdminStores } from '../open-stores.ts';
import { reasonOf } from './ask.ts';
import { type Finding, ok, skipped, wrong } from './finding.ts';

/** Whether each feed has a build, that it is not too old, and not empty without reason. */
export async function checkBuilds(stores: AdminStores, feeds: readonly Feed[]): Promise<Finding[]> {
  const queried = withVariants(feeds).filter(isQueried);
  return Promise.all(
    queried.map((feed) =>
      checkBuild(stores, feed).catch((error: unknown) =>
        skipped(
          `build of ${feed.alias}`,
          `can't be read: ${reasonOf(error)}`,
          'set REDIS_ADDRESS and CLICKHOUSE_ADDRESS to those of feedgen',
        ),
      ),
    ),
  );
}

async function checkBuild({ builds, clickhouse }: AdminStores, feed: QueriedFeed): Promise<Finding> {
  const check = `build of ${feed.alias}`;
  const build = await builds.current(feed.alias);
  if (build === undefined)
    return wrong(
      check,
      'there is none',
      'see whether feedgen runs with this Redis and REDIS_PREFIX; its log says why a build fails',
    );
  const posts = build.uris.length;
  const label = posts === 0 ? authorsLabel(feed) : undefined;
  const bearers = label === undefined ? undefined : (await readMembers(clickhouse, label)).length;
  const ofParts = feed.kind === 'union' && posts === 0 ? await countParts(builds, feed.feeds) : undefined;
  const state = { ageMs: Date.now() - build.asOfMs, posts, bearers, ofParts };
  const fault = buildFault(feed, state);
  if (fault === undefined) return ok(check, `${describeSize(feed, state)}, ${lasting(state.ageMs)} old`);
  const todo =
    posts === 0 && state.ageMs <= lateAfterMs(feed)
      ? `pnpm admin explain ${feed.alias} URI says of a post why it is not in it; see also whether the indexer is behind`
      : 'the log of feedgen says why builds fail; usually ClickHouse is away or slow';
  return wrong(check, fault, todo);
}

function describeSize(feed: QueriedFeed, state: BuildState): string {
  const reason = state.posts === 0 ? reasonToBeEmpty(feed, state) : undefined;
  return reason === undefined ? `${state.posts} posts` : `empty, since ${reason}`;
}

async function countParts(builds: AdminStores['builds'], aliases: readonly string[]): Promise<number> {
  const parts = await Promise.all(aliases.map((alias) => builds.current(alias)));
  return parts.reduce((sum, part) => sum + (part?.uris.length ?? 0), 0);
}
