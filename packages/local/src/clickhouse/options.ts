import { parseArgs } from 'node:util';
import { SetupError } from '@updraft/service';

export interface ServerOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly maxMemoryBytes: number;
  readonly maxBodyBytes: number;
  readonly concurrentQueries: number;
  readonly maxWaitMs: number;
}

const MIB = 1024 * 1024;
const MAX_CONCURRENT_QUERIES = 16;

/** UV_THREADPOOL_SIZE: a thread for each query, and some for files, compression and the engine's control connection. */
export const THREAD_POOL_SIZE = String(MAX_CONCURRENT_QUERIES + 8);

/** Reads the command line. Throws a SetupError that names every fault. */
export function readServerOptions(args: readonly string[]): ServerOptions {
  const { values } = parseArguments(args);
  const faults: string[] = [];
  const integer = (name: keyof typeof values, fallback: number, maximum: number) => {
    const number = values[name] === undefined ? fallback : Number(values[name]);
    if (!Number.isInteger(number) || number < 0 || number > maximum) {
      faults.push(`--${name}: expected a whole number up to ${maximum}, got ${JSON.stringify(values[name])}`);
    }
    return number;
  };
  if (values.data === undefined || values.data === '') faults.push('--data: expected the folder for the data');
  const options = {
    dataDir: values.data ?? '',
    host: values.host ?? '127.0.0.1',
    port: integer('port', 8123, 65_535),
    maxMemoryBytes: integer('max-memory-mb', 3072, 1_000_000) * MIB,
    maxBodyBytes: integer('max-body-mb', 1024, 1_000_000) * MIB,
    concurrentQueries: integer('concurrent-queries', 8, MAX_CONCURRENT_QUERIES),
    maxWaitMs: integer('max-wait-ms', 30_000, 3_600_000),
  };
  if (faults.length > 0) throw new SetupError(faults.join('; '));
  return options;
}

function parseArguments(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: text,
        host: text,
        port: text,
        'max-memory-mb': text,
        'max-body-mb': text,
        'concurrent-queries': text,
        'max-wait-ms': text,
      },
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SetupError(message.replaceAll('\n', ' '), { cause });
  }
}
