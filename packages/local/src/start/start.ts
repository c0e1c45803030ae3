// Runs Updraft on this machine from the first line on the screen to the last.
//
// In:  the options, the environment, a screen, and two signals: stop, and stop at once.
// Out: nothing, once everything has stopped; or a SetupError that says what a person must change first.
// Invariant: whatever happens once the folder is taken, in the end none of the processes is left and the folder is free again.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keepLogins } from '../clickhouse/netrc.ts';
import { openLogs } from '../data-folder/log-file.ts';
import { type Ownership, takeFolder } from '../data-folder/ownership.ts';
import { emptyFolder, fromHere, networkFolder, ownFolder } from '../plan/folders.ts';
import { acceptsSubscription, chooseNetwork, type Network } from '../plan/network.ts';
import { SIMULATOR_MAIN } from '../plan/network-server.ts';
import type { StartOptions } from '../plan/options.ts';
import { planLocalStack } from '../plan/plan.ts';
import { createRemarks, type Remarks } from '../screen/remarks.ts';
import type { Show } from '../screen/show.ts';
import type { TimedRemark } from '../screen/snapshot.ts';
import { type WatchDeps, watch } from '../screen/watch.ts';
import type { Remark } from '../supervision/lines.ts';
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

const STOP_WITHIN_MS = 14_000;

/**
 * Runs Updraft until `stopping`: takes the folder, chooses the network, starts everything, shows how it goes, stops everything.
 * @throws SetupError when something has to be changed first
 */
export async function runLocally(deps: StartDeps): Promise<void> {
  const { options, show, stopping } = deps;
  const onStop = () => {
    show.leave();
    show.say('Stopping … (a second Ctrl-C ends everything at once)');
  };
  stopping.addEventListener('abort', onStop, { once: true });
  const folder = ownFolder(options);
  const ownership = await takeFolder(folder, show.say);
  try {
    if (options.fresh) {
      show.say(`Deleting what earlier runs stored in ${fromHere(folder)} …`);
      await emptyFolder(folder);
    }
    const network = stopping.aborted ? undefined : await networkFor(deps);
    if (network !== undefined && !stopping.aborted) await runOn(network, folder, ownership, deps);
  } finally {
    await ownership.release();
  }
  show.say('Stopped.');
}

function networkFor({ options, env, show }: StartDeps): Promise<Network> {
  return chooseNetwork({
    options,
    wsUrl: env['WS_URL'],
    canSimulate: existsSync(SIMULATOR_MAIN),
    isReachable: acceptsSubscription,
    report: show.say,
  });
}

async function runOn(network: Network, folder: string, ownership: Ownership, deps: StartDeps): Promise<void> {
  const { options, env, show } = deps;
  const logs = openLogs(join(folder, 'logs'));
  const remarks = createRemarks(show.remark);
  const report = (event: Omit<TimedRemark, 'atMs'>) => {
    const atMs = Date.now();
    logs.write('npm-start', `${new Date(atMs).toISOString()} ${event.part}: ${event.text}`);
    remarks.add({ atMs, ...event });
  };
  const data = networkFolder(folder, network);
  await mkdir(data, { recursive: true });
  const netrc = join(folder, 'netrc');
  const logins = await keepLogins(netrc);
  const output = { line: logs.write, remark: (part: string, remark: Remark) => report({ part, ...remark }) };
  const plan = planLocalStack(network, { options, env, folder: data, logins, netrc, output });
  await ownership.announce(plan.forCommands);
  const stack = createStack(plan.stack, { report, onPid: ownership.note });
  const addresses = [...plan.addresses, { label: 'Logs', address: fromHere(logs.folder) }];
  const watched = { ...plan.targets, addresses, keepers: stack.keepers, remarks: remarks.list };
  const note = (word: string) => logs.write('npm-start', `${new Date().toISOString()} ${word}`);
  deps.stopping.addEventListener('abort', () => note('stopping'), { once: true });
  await runStack(stack, remarks, watched, deps).finally(() => {
    note('stopped');
    logs.close();
  });
}

/** Starts the stack, shows how it goes until `stopping`, and stops it. @throws what went wrong at the start */
async function runStack(stack: Stack, remarks: Remarks, watched: WatchDeps, deps: StartDeps): Promise<void> {
  const { show, stopping, killing } = deps;
  killing.addEventListener('abort', () => stack.kill(), { once: true });
  show.say(`Network: ${watched.network}`);
  try {
    await stack.start(stopping);
    remarks.allStarted();
    await watch(watched, show.snapshot, stopping);
  } catch (error) {
    if (!stopping.aborted) throw error;
  } finally {
    show.leave();
    const late = setTimeout(() => stack.kill(), STOP_WITHIN_MS);
    await stack.stop();
    clearTimeout(late);
  }
}
