// Runs Updraft on this machine from the first line on the screen to the last.
//
// In:  the options, the environment, a screen, and two signals: stop, and stop at once.
// Out: nothing, once everything has stopped; or a SetupError that says what a person must change first.
// Invariant: whatever happens after the folder is taken, no process of ours is left and the folder is free again.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { keepLogins } from '../clickhouse/netrc.ts';
import { type Logs, openLogs } from '../data-folder/log-file.ts';
import { type Ownership, takeFolder } from '../data-folder/ownership.ts';
import { emptyFolder, networkFolder, ownFolder } from '../plan/folders.ts';
import { acceptsSubscription, chooseNetwork } from '../plan/network.ts';
import { simulatorMain } from '../plan/network-server.ts';
import type { StartOptions } from '../plan/options.ts';
import { type LocalPlan, planLocalStack } from '../plan/plan.ts';
import { projectRoot } from '../project-root.ts';
import { createRemarks } from '../screen/remarks.ts';
import type { Show } from '../screen/show.ts';
import type { TimedRemark } from '../screen/snapshot.ts';
import { watch } from '../screen/watch.ts';
import { createStack, type Stack } from '../supervision/stack.ts';

export interface StartDeps {
  readonly options: StartOptions;
  readonly env: NodeJS.ProcessEnv;
  readonly show: Show;
  /** Aborted when everything is to stop. */
  readonly stopping: AbortSignal;
  /** Aborted when everything is to end at once. */
  readonly killing: AbortSignal;
}

const stopWithinMs = 14_000;

/**
 * Runs Updraft until `stopping`: takes the folder, chooses the network, starts everything, shows how it goes, stops everything.
 * @throws SetupError when something has to be changed first
 */
export async function runLocally(deps: StartDeps): Promise<void> {
  const { options, env, show, stopping } = deps;
  const folder = ownFolder(options);
  const ownership = await takeFolder(folder, show.say);
  try {
    if (options.fresh) await emptyFolder(folder);
    const network = await chooseNetwork({
      options,
      wsUrl: env['WS_URL'],
      canSimulate: existsSync(simulatorMain(projectRoot)),
      isReachable: acceptsSubscription,
      report: show.say,
    });
    if (stopping.aborted) return;
    const logs = openLogs(join(folder, 'logs'));
    const { add, list } = createRemarks();
    let isUp = false;
    const remark = (entry: TimedRemark) => {
      logs.write('npm-start', `${new Date(entry.atMs).toISOString()} ${entry.part}: ${entry.text}`);
      // that a part has started is no news once all have
      if ((!isUp && entry.level === 'info') || add(entry)) show.remark(entry);
    };
    const output = {
      line: logs.write,
      remark: (part: string, { level, text }: Pick<TimedRemark, 'level' | 'text'>) =>
        remark({ atMs: Date.now(), part, level, text }),
    };
    const data = networkFolder(folder, network);
    await mkdir(data, { recursive: true });
    const netrc = join(folder, 'netrc');
    const logins = await keepLogins(netrc);
    const plan = planLocalStack({ options, env, folder: data, logins, netrc, network, output });
    const onUp = () => {
      isUp = true;
    };
    await runStack({ ...deps, plan, logs, ownership, remark, remarks: list, onUp });
  } finally {
    await ownership.release();
  }
}

interface RunDeps extends StartDeps {
  readonly plan: LocalPlan;
  readonly logs: Logs;
  readonly ownership: Ownership;
  readonly remark: (remark: TimedRemark) => void;
  readonly remarks: () => readonly TimedRemark[];
  /** Called once everything has started. */
  readonly onUp: () => void;
}

async function runStack(deps: RunDeps): Promise<void> {
  const { plan, logs, ownership, remark, remarks, onUp, show, stopping, killing } = deps;
  const stack = createStack(plan.stack, {
    report: ({ part, level, text }) => remark({ atMs: Date.now(), part, level, text }),
    onPid: ownership.note,
  });
  killing.addEventListener('abort', () => stack.kill(), { once: true });
  show.say(`Network: ${plan.targets.network}`);
  try {
    await stack.start(stopping);
    onUp();
    const addresses = [
      ...plan.addresses,
      { label: 'Logs', address: relative(process.cwd(), logs.folder) || logs.folder },
    ];
    await watch({ ...plan.targets, addresses, keepers: stack.keepers, remarks }, show.snapshot, stopping);
  } catch (error) {
    if (!stopping.aborted) throw error;
  } finally {
    show.leave();
    await stopAll(stack, show);
    logs.close();
  }
}

async function stopAll(stack: Stack, show: Show): Promise<void> {
  if (stack.keepers().every((keeper) => keeper.status().state === 'stopped')) return;
  show.say('Stopping: services, then ClickHouse and Redis …');
  const late = setTimeout(() => stack.kill(), stopWithinMs);
  await stack.stop();
  clearTimeout(late);
  show.say('Stopped.');
}
