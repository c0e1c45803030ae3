import { join } from 'node:path';
import { loopback, type Ports } from './addresses.ts';
import { type ClickHouseOptions, startClickHouse } from './clickhouse/start.ts';
import { createLineCutter } from './lines.ts';
import type { ProgramOutput } from './node-program.ts';
import type { Part } from './part.ts';
import { startRedis } from './redis-server.ts';

/** Where ClickHouse and Redis are, and those of them that `npm start` has to run. */
export interface DatabasePlan {
  /** For `CLICKHOUSE_ADDRESS`. */
  readonly clickhouseAddress: string;
  readonly clickhouseUrl: string;
  /** For `REDIS_ADDRESS`. */
  readonly redisAddress: string;
  readonly parts: readonly Part[];
  /** Ports of the parts, by what they are for. */
  readonly ports: Readonly<Record<string, number>>;
}

interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Where their data lies. */
  readonly folder: string;
  /** The file that keeps ClickHouse's passwords. */
  readonly netrc: string;
  readonly ports: Ports;
  readonly output: ProgramOutput;
}

/** One whose address is set in the environment is used; the other is started here. A server that happens to listen is not ours. */
export function planDatabases({ env, folder, netrc, ports, output }: Surroundings): DatabasePlan {
  const clickhouseGiven = env['CLICKHOUSE_ADDRESS'] || undefined;
  const redisGiven = env['REDIS_ADDRESS'] || undefined;
  const clickhouseAddress = clickhouseGiven ?? loopback(ports.clickhouse);
  return {
    clickhouseAddress,
    clickhouseUrl: clickhouseAddress.includes('://') ? clickhouseAddress : `http://${clickhouseAddress}`,
    redisAddress: redisGiven ?? loopback(ports.redis),
    parts: [
      ...(clickhouseGiven === undefined
        ? [clickhousePart({ dataDir: join(folder, 'clickhouse'), netrc, port: ports.clickhouse }, output)]
        : []),
      ...(redisGiven === undefined ? [redisPart(join(folder, 'redis'), ports.redis, output)] : []),
    ],
    ports: {
      ...(clickhouseGiven === undefined && { ClickHouse: ports.clickhouse }),
      ...(redisGiven === undefined && { Redis: ports.redis }),
    },
  };
}

function clickhousePart(options: ClickHouseOptions, output: ProgramOutput): Part {
  const { onLine, lastWords } = logged('clickhouse', output);
  return {
    name: 'clickhouse',
    start: async ({ onSpawn }) => ({
      ...(await startClickHouse({ ...options, onLine, onSpawn })),
      lastWords,
    }),
  };
}

function redisPart(dataDir: string, port: number, output: ProgramOutput): Part {
  const { onLine, lastWords } = logged('redis', output);
  const onOutput = createLineCutter(onLine);
  return {
    name: 'redis',
    start: async ({ onSpawn }) => ({
      ...(await startRedis({ dataDir, port, detached: true, onOutput, onSpawn })),
      lastWords,
    }),
  };
}

/** What a database prints goes to its log; its last line may explain its end. */
function logged(name: string, output: ProgramOutput) {
  let last: string | undefined;
  const onLine = (line: string) => {
    if (line.trim() !== '') last = line.trim();
    output.line(name, line);
  };
  return { onLine, lastWords: () => last };
}
