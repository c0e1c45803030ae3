// Decides what `npm start` runs. Nothing starts here.
//
// In:  the options, the environment, the chosen network, the folder and its logins.
// Out: the parts with their ports and environments (`StackPlan`), the addresses to show, the sources of the screen's figures, and what
//      commands need to find it all.
// Invariant: a database that the environment names is used and never started; each network has databases of its own.
import { dirname, join, resolve } from 'node:path';
import type { Login } from '../clickhouse/credentials.ts';
import { PROJECT_ROOT } from '../project-root.ts';
import type { NamedAddress } from '../screen/snapshot.ts';
import type { WatchTargets } from '../screen/watch.ts';
import { nodeProgram } from '../supervision/node-program.ts';
import type { StackPlan } from '../supervision/stack.ts';
import { loopback, type Ports, portsFor } from './addresses.ts';
import { type DatabasePlan, planDatabases } from './databases.ts';
import { fromHere } from './folders.ts';
import { runMigrations } from './migrate.ts';
import type { Network } from './network.ts';
import { planNetwork } from './network-server.ts';
import { listServices } from './services.ts';
import type { Surroundings } from './surroundings.ts';

/** What `npm start` runs and shows. */
export interface LocalPlan {
  readonly stack: StackPlan;
  readonly addresses: readonly NamedAddress[];
  readonly targets: WatchTargets;
  /** Variables by which commands find what runs here, and the hosts that it reads. Databases that the environment names are not among them. */
  readonly forCommands: Readonly<Record<string, string>>;
}

/** Puts together ClickHouse, Redis, the network and the services, each with its ports and its environment. */
export function planLocalStack(network: Network, given: Omit<Surroundings, 'ports'>): LocalPlan {
  const { options, env, logins, output } = given;
  const ports = portsFor(options.portOffset);
  const around = { ...given, ports };
  const databases = planDatabases(around);
  const net = planNetwork(network, around);
  const envOf = (login: Login) => ({ ...withDatabases(env, databases, login), ...net.env });
  const servicesEnv = envOf(logins.apps);
  const services = listServices({ ...around, env: servicesEnv, indexerEnv: net.indexerEnv });
  const migrate = { main: MIGRATE_MAIN, args: ['up'], name: 'migrations', env: envOf(logins.migrations) };
  return {
    stack: {
      databases: databases.parts,
      migrate: (signal) => runMigrations(migrate, { output, signal, advice: adviceFor(given) }),
      network: net.program === undefined ? undefined : nodeProgram(net.program, output),
      services: services.map(({ program }) => nodeProgram(program, output)),
      ports: Object.fromEntries([databases, net, ...services].flatMap((part) => Object.entries(part.ports))),
    },
    addresses: [...databases.addresses, ...services.flatMap((service) => service.addresses), ...plcOf(net.env)],
    targets: {
      network: net.title,
      isLive: network.kind !== 'play',
      metricsUrl: `http://${loopback(ports.indexerMetrics)}/metrics`,
      clickhouseUrl: databases.clickhouseUrl,
      clickhouseHeaders: credentials(servicesEnv),
      database: servicesEnv['CLICKHOUSE_DATABASE'] || 'atproto',
      isCluster: Boolean(servicesEnv['CLICKHOUSE_CLUSTER']),
    },
    forCommands: {
      ...databases.env,
      ...hostsOf(net.env),
      ...feedsOf(env, ports),
    },
  };
}

function plcOf({ PLC_HOST: plc }: Surroundings['env']): NamedAddress[] {
  return plc === undefined ? [] : [{ label: 'PLC', address: plc }];
}

function hostsOf({ PLC_HOST: plc, WS_URL: wsUrl }: Surroundings['env']): Record<string, string> {
  return { ...(wsUrl !== undefined && { WS_URL: wsUrl }), ...(plc !== undefined && { PLC_HOST: plc }) };
}

function feedsOf(env: Surroundings['env'], ports: Ports): Record<string, string> {
  return {
    SERVICE_ENDPOINT: env['SERVICE_ENDPOINT'] || `http://${loopback(ports.feedgen)}`,
    ...(env['FEEDS_FILE'] && { FEEDS_FILE: resolve(env['FEEDS_FILE']) }),
  };
}

const MIGRATE_MAIN = join(PROJECT_ROOT, 'packages/store/src/migrate-command.ts');

/** What helps when the migrations fail. */
function adviceFor({ options, env, netrc }: Omit<Surroundings, 'ports'>): string {
  const log = `The log: ${fromHere(join(dirname(netrc), 'logs', 'migrations.log'))}`;
  if (env['CLICKHOUSE_ADDRESS'])
    return `It is the ClickHouse that CLICKHOUSE_ADDRESS names; without that, npm start runs one of its own. ${log}`;
  return options.data === undefined
    ? `npm start -- --fresh deletes what is stored here and begins with empty tables. ${log}`
    : `Another folder for --data begins with empty tables. ${log}`;
}

/** The environment with the databases' addresses. A ClickHouse that is started here has its own users and one database. */
function withDatabases(env: NodeJS.ProcessEnv, databases: DatabasePlan, login: Login): NodeJS.ProcessEnv {
  if (env['CLICKHOUSE_ADDRESS']) return { ...env, ...databases.env };
  const { CLICKHOUSE_DATABASE: _database, CLICKHOUSE_CLUSTER: _cluster, CLICKHOUSE_SHARDS: _shards, ...others } = env;
  const { username, password } = login;
  return { ...others, ...databases.env, CLICKHOUSE_USERNAME: username, CLICKHOUSE_PASSWORD: password };
}

function credentials(env: NodeJS.ProcessEnv): Record<string, string> {
  const [user, password] = [env['CLICKHOUSE_USERNAME'], env['CLICKHOUSE_PASSWORD']];
  return {
    ...(user && { 'X-ClickHouse-User': user }),
    ...(password && { 'X-ClickHouse-Key': password }),
  };
}
