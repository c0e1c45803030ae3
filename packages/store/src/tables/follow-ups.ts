import type { CallOptions } from '../clickhouse/types.ts';
import { actorStatus } from './actor-status.ts';
import { createHiddenActors, type HiddenActorsOptions } from './hidden-actors.ts';
import { repoSyncs } from './repo-syncs.ts';

/** What must be done after a table's rows are acknowledged and before they count as written. */
export interface FollowUp {
  /** For logs and metrics. */
  readonly name: string;
  run(options: CallOptions): Promise<void>;
}

/** By table. What hides records of an account counts as written when the readers' dictionary knows of it. */
export function createFollowUps(options: HiddenActorsOptions): Readonly<Partial<Record<string, FollowUp>>> {
  const hidden = createHiddenActors(options);
  const refresh: FollowUp = { name: 'hidden_recent', run: (call) => hidden.refresh(call) };
  return { [actorStatus.name]: refresh, [repoSyncs.name]: refresh };
}
