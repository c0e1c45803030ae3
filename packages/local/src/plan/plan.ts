// Decides what `npm start` runs. Nothing starts here.
//
// In:  the options, the environment, the chosen network, the folder and its logins.
// Out: the parts with their ports and environments (`StackPlan`), the addresses to show, and where the screen's figures come from.
// Invariant: a database that the environment names is used and never started; each network has databases of its own.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Login } from '../clickhouse/credentials.ts';
import type { Logins } from '../clickhouse/netrc.ts';
import { projectRoot } from '../project-root.ts';
import type { NamedAddress } from '../screen/snapshot.ts';
import type { WatchTargets } from '../screen/watch.ts';
import { nodeProgram, type ProgramOutput } from '../supervision/node-program.ts';
import type { StackPlan } from '../supervision/stack.ts';
import { loopback, portsFor } from './addresses.ts';
import { type DatabasePlan, planDatabases } from './databases.ts';
import { runMigrations } from './migrate.ts';
import type { Network } from './network.ts';
import { planNetwork } from './network-server.ts';
import type { StartOptions } from './options.ts';
import { listServices } from './services.ts';

/** What `npm start` is going to run, and what of it is shown. */
export interface LocalPlan {
  readonly stack: StackPlan;
  readonly addresses: readonly NamedAddress[];
  readonly targets: WatchTargets;
}

interface Surroundings {
  readonly options: StartOptions;
  readonly env: NodeJS.ProcessEnv;
  /** Where the network's databases lie. */
  readonly folder: string;
  /** Who may ask the ClickHouse that is started here. */
  readonly logins: Logins;
  /** The file that keeps their passwords. */
  readonly netrc: string;
  readonly network: Network;
  readonly output: ProgramOutput;
}

/** Puts together ClickHouse, Redis, the network and the services, each with its ports and its environment. */
export function planLocalStack({ options, env, folder, logins, netrc, network, output }: Surroundings): LocalPlan {
  const ports = portsFor(options.portOffset);
  const databases = planDatabases({ env, folder, logins, shards: options.shards, ports, output });
  const net = planNetwork(network, { projectRoot, folder, ports, options, env });
  const isOwn = !env['CLICKHOUSE_ADDRESS'];
  const envOf = (login: Login) => ({ ...withDatabases(env, databases, login), ...net.env });
  const servicesEnv = envOf(logins.apps);
  const services = listServices({ projectRoot, ports, env: servicesEnv, folder }).filter(({ program }) =>
    existsSync(program.main),
  );
  const migrations = {
    name: 'migrations',
    main: join(projectRoot, 'packages/store/src/migrate-command.ts'),
    args: ['up'],
    env: envOf(logins.migrations),
  };
  return {
    stack: {
      databases: databases.parts,
      migrate: (signal) => runMigrations(migrations, { output, signal, advice: adviceFor(options, isOwn) }),
      network: net.program === undefined ? undefined : nodeProgram(net.program, output),
      services: services.map(({ program }) => nodeProgram(program, output)),
      ports: Object.fromEntries([databases, net, ...services].flatMap((part) => Object.entries(part.ports))),
    },
    addresses: [
      { label: 'ClickHouse', address: databases.clickhouseUrl },
      ...(isOwn ? [{ label: 'Password', address: relative(process.cwd(), netrc) || netrc }] : []),
      { label: 'Redis', address: databases.redisAddress },
      ...services.flatMap((service) => service.addresses),
      ...(net.env['PLC_HOST'] === undefined ? [] : [{ label: 'PLC', address: net.env['PLC_HOST'] }]),
    ],
    targets: {
      network: net.title,
      isLive: network.kind !== 'play',
      metricsUrl: `http://127.0.0.1:${ports.indexerMetrics}/metrics`,
      clickhouseUrl: databases.clickhouseUrl,
      clickhouseHeaders: credentials(servicesEnv),
      database: servicesEnv['CLICKHOUSE_DATABASE'] || 'atproto',
      isCluster: Boolean(servicesEnv['CLICKHOUSE_CLUSTER']),
    },
  };
}

/** What helps when the migrations fail. */
function adviceFor({ data }: StartOptions, isOwn: boolean): string {
  if (!isOwn) return 'It is the ClickHouse that CLICKHOUSE_ADDRESS names; without that, npm start runs one of its own.';
  return data === undefined
    ? 'npm start -- --fresh begins with empty tables.'
    : 'Another folder for --data begins with empty tables.';
}

/** The environment with the databases' addresses; a ClickHouse of ours has users of its own and one database. */
function withDatabases(env: NodeJS.ProcessEnv, databases: DatabasePlan, login: Login): NodeJS.ProcessEnv {
  const own: NodeJS.ProcessEnv = {
    ...env,
    CLICKHOUSE_ADDRESS: databases.clickhouseAddress,
    REDIS_ADDRESS: databases.redisAddress,
  };
  if (env['CLICKHOUSE_ADDRESS']) return own;
  const { CLICKHOUSE_DATABASE: _database, CLICKHOUSE_CLUSTER: _cluster, CLICKHOUSE_SHARDS: _shards, ...others } = own;
  return {
    ...others,
    CLICKHOUSE_USERNAME: login.username,
    CLICKHOUSE_PASSWORD: login.password,
    ...(databases.cluster !== undefined && {
      CLICKHOUSE_CLUSTER: databases.cluster.name,
      CLICKHOUSE_SHARDS: databases.cluster.httpPorts.map(loopback).join(','),
    }),
  };
}

function credentials(env: NodeJS.ProcessEnv): Record<string, string> {
  const [user, password] = [env['CLICKHOUSE_USERNAME'], env['CLICKHOUSE_PASSWORD']];
  return {
    ...(user && { 'X-ClickHouse-User': user }),
    ...(password && { 'X-ClickHouse-Key': password }),
  };
}
