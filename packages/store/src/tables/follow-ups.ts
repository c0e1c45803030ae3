import type { CallOptions } from '../clickhouse/types.ts';
import { actorStatus } from './actor-status.ts';
import { createHiddenActors, type HiddenActorsOptions } from './hidden-actors.ts';

/** What must be done after a table's rows are acknowledged and before they count as written. */
export interface FollowUp {
  /** For logs and metrics. */
  readonly name: string;
  run(options: CallOptions): Promise<void>;
}

/** By table. An account's change of status counts as written when the readers' dictionary knows of it. */
export function createFollowUps(options: HiddenActorsOptions): Readonly<Partial<Record<string, FollowUp>>> {
  const hidden = createHiddenActors(options);
  return { [actorStatus.name]: { name: 'hidden_recent', run: (call) => hidden.refresh(call) } };
}
