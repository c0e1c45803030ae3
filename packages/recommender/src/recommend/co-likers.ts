import type { LikeGraph } from '../graph/like-graph.ts';
import { createBestOf } from './best-of.ts';
import { forEachLikerOf } from './likes-of.ts';
import type { Scratch } from './scratch.ts';
import type { Seed } from './seeds.ts';
import type { Effort, Weights } from './settings.ts';

/** An account that likes what the viewer likes. */
export interface CoLiker {
  /** Of the account. */
  readonly id: number;
  /** How much its taste counts. */
  readonly score: number;
}

/** Who likes what the viewer likes, the closest first. The scratch has the best seed of each. */
export function findCoLikers(
  graph: LikeGraph,
  seeds: readonly Seed[],
  viewer: number,
  { effort, weights, scratch }: { effort: Effort; weights: Weights; scratch: Scratch },
): CoLiker[] {
  const { accountSums, accountSeeds, touchedAccounts } = scratch;
  for (const [index, { id, weight }] of seeds.entries()) {
    const step = Math.ceil(graph.posts.likesOf(id) / effort.likersOfSeed);
    forEachLikerOf(graph.hours, id, step, (account) => {
      if (account === viewer) return;
      const sum = accountSums[account] as number;
      if (sum === 0) touchedAccounts.push(account);
      if (sum === 0 || weight > (seeds[accountSeeds[account] as number] as Seed).weight) accountSeeds[account] = index;
      accountSums[account] = sum + weight;
    });
  }
  const best = createBestOf(effort.coLikers);
  for (const account of touchedAccounts)
    best.offer(account, (accountSums[account] as number) / graph.accounts.likesOf(account) ** weights.likerPower);
  return best.take();
}
