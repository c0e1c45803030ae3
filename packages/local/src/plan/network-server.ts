import { join } from 'node:path';
import { PUBLIC_HOSTS } from '@updraft/jetstream';
import { PROJECT_ROOT } from '../project-root.ts';
import type { NodeProgram } from '../supervision/node-program.ts';
import { loopback } from './addresses.ts';
import type { Network } from './network.ts';
import type { Surroundings } from './surroundings.ts';

/** What the services have to know of the network, and the program that provides a local one. */
export interface NetworkPlan {
  /** In words, for the screen. */
  readonly title: string;
  readonly env: NodeJS.ProcessEnv;
  /** What the indexer alone has to know. */
  readonly indexerEnv: NodeJS.ProcessEnv;
  readonly program: NodeProgram | undefined;
  /** Ports that the program listens on, by what they are for. */
  readonly ports: Readonly<Record<string, number>>;
}

/** A new store begins with the whole history of a simulated world: 24 h before the last full ten minutes of its first start. */
const HISTORY_HOURS = 26;

const SIMULATED_LABELER = 'did:plc:simulatedlabelersimulate';
const OF_SIMULATION = {
  ASK_ACCOUNT_SERVERS: 'false', // they don't exist
  LABELERS: SIMULATED_LABELER,
  ALLOW_PRIVATE_ADDRESSES: 'true', // the labeler is on this machine
};

export function planNetwork(network: Network, around: Surroundings): NetworkPlan {
  const since = around.options.since === undefined ? {} : { SINCE: around.options.since };
  if (network.kind === 'play') return planPlay(network.file, since, around);
  if (network.kind === 'simulated') return planSimulation(network.seed, since, around);
  return {
    title: hostsTitle(network.urls),
    env: { WS_URL: network.urls.join(','), ...since },
    indexerEnv: {},
    program: undefined,
    ports: {},
  };
}

function hostsTitle(urls: readonly string[]): string {
  if (urls === PUBLIC_HOSTS) return 'the public Jetstream';
  return `Jetstream at ${urls.map((url) => (URL.canParse(url) ? new URL(url).host : url)).join(', ')}`;
}

function planPlay(file: string, since: NodeJS.ProcessEnv, { ports, options, env }: Surroundings): NetworkPlan {
  const rate = options.rate === undefined ? [] : ['--rate', String(options.rate)];
  return {
    title: `recorded: ${file}`,
    env: { WS_URL: `ws://${loopback(ports.network)}/subscribe`, ...since },
    // The accounts' servers and the labelers know today's state, not the recording's.
    indexerEnv: { ASK_ACCOUNT_SERVERS: 'false', LABELERS: 'none' },
    program: {
      name: 'player',
      main: join(PROJECT_ROOT, 'packages/simulator/src/play-main.ts'),
      args: [file, '--port', String(ports.network), '--attach-cursor', ...rate],
      env,
      announcesReady: true,
    },
    ports: { 'the recorded network': ports.network },
  };
}

function planSimulation(seed: number, since: NodeJS.ProcessEnv, around: Surroundings): NetworkPlan {
  const { folder, ports, options, env } = around;
  const dials = {
    port: ports.network,
    'plc-port': ports.plc,
    'labeler-port': ports.labeler,
    'labeler-did': SIMULATED_LABELER,
    seed,
    state: join(folder, 'world.json'),
    rate: options.rate,
    accounts: options.accounts,
    hostile: options.hostile,
    now: options.now,
  };
  return {
    title: `simulated, seed ${seed}`,
    env: {
      WS_URL: `ws://${loopback(ports.network)}`,
      PLC_HOST: `http://${loopback(ports.plc)}`,
      SINCE: beginningOf(options.now),
      ...since,
    },
    indexerEnv: OF_SIMULATION,
    program: {
      name: 'network',
      main: SIMULATOR_MAIN,
      args: [
        ...Object.entries(dials).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)])),
        ...(options.archive ? ['--archive'] : []),
      ],
      env,
      announcesReady: true,
    },
    ports: {
      'the simulated network': ports.network,
      'the simulated PLC directory': ports.plc,
      'the simulated labeler': ports.labeler,
    },
  };
}

function beginningOf(now: string | undefined): string {
  if (now === undefined) return `${HISTORY_HOURS}h`;
  return new Date(Date.parse(now) - HISTORY_HOURS * 3_600_000).toISOString();
}

/** The program of the simulated network. */
export const SIMULATOR_MAIN = join(PROJECT_ROOT, 'packages/simulator/src/main.ts');
