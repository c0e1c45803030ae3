import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtpAgent } from '@atproto/api';
import type { TestNetworkNoAppView } from '@atproto/dev-env';
import { type Console, consoleEnvironment, createConsole, operatorRoles } from '@updraft/console-api';
import { addRoutes, createHttpServer, createLogger, type HttpServer, readConfig } from '@updraft/service';
import { createRedis, type Redis, storeAnswer } from '@updraft/store';
import { startTestNetwork } from '../pds/test-network.ts';
import { startRedisDatabase } from '../world/redis.ts';

/** A PDS with its OAuth server, Redis, and any number of services that have nothing but the console. */
export interface ConsoleStage extends AsyncDisposable {
  readonly network: TestNetworkNoAppView;
  readonly redis: Redis;
  readonly database: Awaited<ReturnType<typeof startRedisDatabase>>;
  /** An account with the password `PASSWORD`. */
  signUp(name: string): Promise<AtpAgent>;
  startService(options?: ServiceOptions): Promise<ConsoleService>;
}

export const PASSWORD = 'hunter22-hunter22';
/** As CLEANUP_TOKEN_KEY. */
export const TOKEN_KEY: Uint8Array = new Uint8Array(32).fill(7);

interface ServiceOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly service?: 'search' | 'feedgen';
  readonly plcHost?: string;
  readonly listen?: string;
  readonly folder?: string;
  readonly now?: () => number;
  /** As in production: nothing inside is asked. */
  readonly isGuarded?: boolean;
}

export interface ConsoleService {
  readonly app: HttpServer;
  readonly console: Console;
  /** Each line of its log. */
  readonly lines: readonly string[];
}

export async function startConsoleStage(): Promise<ConsoleStage> {
  const folder = await mkdtemp(join(tmpdir(), 'updraft-console-'));
  const [network, database] = await Promise.all([startTestNetwork(), startRedisDatabase(folder)]);
  const redis = createRedis({ address: database.redis.address });
  const stop = new AsyncDisposableStack();
  stop.defer(async () => {
    redis.disconnect();
    await database.kill();
    await network.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    network,
    redis,
    database,
    signUp: async (name) => {
      const agent = new AtpAgent({ service: network.pds.url });
      await agent.createAccount({ email: `${name}@example.com`, handle: `${name}.test`, password: PASSWORD });
      return agent;
    },
    startService: async (options = {}) => {
      const service = makeService(network, redis, options);
      stop.defer(() => service.app.close());
      await service.app.ready();
      return service;
    },
    [Symbol.asyncDispose]: () => stop.disposeAsync(),
  };
}

function makeService(network: TestNetworkNoAppView, redis: Redis, options: ServiceOptions): ConsoleService {
  const { service = 'search', plcHost = network.plc.url, listen = '127.0.0.1:8092', now = Date.now, folder } = options;
  const lines: string[] = [];
  const log = createLogger({ service, level: 'trace', destination: { write: (line) => void lines.push(line) } });
  const env = readConfig(consoleEnvironment, { ...options.env });
  const common = {
    env,
    listen,
    redis,
    redisPrefix: 'test',
    plcHost,
    allowPrivateAddresses: options.isGuarded !== true,
    log,
    now,
    ...(folder !== undefined && { folder }),
  };
  const tokenKeys = service === 'search' ? [TOKEN_KEY] : [];
  const agent = new AtpAgent({ service: network.pds.url });
  const findDid = (handle: string) =>
    agent.resolveHandle({ handle }).then(
      ({ data }) => data.did,
      () => undefined,
    );
  const console = createConsole({ ...common, service, tokenKeys, rolesOf: operatorRoles(env), findDid });
  if (console === undefined) throw new Error('the console is off');
  const app = createHttpServer({ log, classifyError: storeAnswer });
  addRoutes(app, { info: { title: 'console', version: '1' } }, (routes) => {
    console.addRoutes(routes);
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      routes.route({ method, url: '/who', handler: async (request) => ({ who: await console.signIn.who(request) }) });
    }
  });
  return { app, console, lines };
}
