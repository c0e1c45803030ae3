import { ClickHouseException } from './errors.ts';
import type { Connection, Native } from './native.ts';
import { createSlots, type Slot, type SlotsOptions } from './slots.ts';
import { quote, quoteName } from './sql.ts';

export interface ConnectionRequest {
  readonly database: string;
  readonly settings: ReadonlyMap<string, string>;
  /** Leaves the queue, and kills a query that only reads; the call settles when the engine is done with it. */
  readonly signal: AbortSignal;
  /** Whether `signal` kills it once it runs. What writes is not left half done because a client has gone. */
  readonly onlyReads: boolean;
}

export interface Connections {
  /**
   * Lends a connection of its own to `use`, when its turn comes. Nothing that is SET or USEd on it outlives it; opening
   * one takes 0.1 ms. Throws ClickHouseException only.
   */
  lend<T>(request: ConnectionRequest, use: (connection: Connection, slot: Slot) => Promise<T>): Promise<T>;
  /** Kills what runs, and resolves when nothing does any more. */
  close(): Promise<void>;
}

export interface ConnectionsDeps extends SlotsOptions {
  readonly native: Native;
  readonly dataDir: string;
  /** Stays open; used to kill queries, one statement at a time. */
  readonly control: Connection;
}

const KILL_AGAIN_MS = 250;

export function createConnections(deps: ConnectionsDeps): Connections {
  const { native, dataDir } = deps;
  const slots = createSlots(deps);
  const kill = createKiller(native, deps.control);
  const closing = new AbortController();
  let lastTag = 0;

  const run = async <T>(
    request: ConnectionRequest,
    slot: Slot,
    use: (connection: Connection, slot: Slot) => Promise<T>,
  ) => {
    const tag = `updraft-${++lastTag}`;
    const connection = await connect(native, dataDir, request.settings, tag);
    const ends = request.onlyReads ? AbortSignal.any([request.signal, closing.signal]) : closing.signal;
    const stopKilling = whileAborted(ends, () => kill(tag));
    try {
      if (request.database !== 'default') {
        await native.QueryAsyncConnection(connection, `USE ${quoteName(request.database)}`, 'Null');
      }
      return await use(connection, slot);
    } catch (error) {
      throw ClickHouseException.fromEngine(error);
    } finally {
      stopKilling();
      native.CloseConnection(connection);
    }
  };

  return {
    lend: async (request, use) => {
      using slot = await slots.acquire(AbortSignal.any([request.signal, closing.signal]));
      return await run(request, slot, use);
    },
    close: async () => {
      closing.abort(new ClickHouseException(236, 'ABORTED', 'The server is shutting down.'));
      await slots.allFree();
      await kill.settled();
    },
  };
}

/** A tag in a setting without effect marks the query: the ids of queries are the engine's own. */
async function connect(
  native: Native,
  dataDir: string,
  settings: ReadonlyMap<string, string>,
  tag: string,
): Promise<Connection> {
  try {
    const args = [...settings].map(([name, value]) => `--${name}=${value}`);
    return native.CreateConnection(dataDir, [...args, `--query_cache_tag=${tag}`]);
  } catch {
    throw await settingsFault(native, dataDir, settings);
  }
}

/** A connection that can't be opened names no reason; a SET of the same settings does. */
async function settingsFault(native: Native, dataDir: string, settings: ReadonlyMap<string, string>): Promise<Error> {
  const connection = native.CreateConnection(dataDir);
  try {
    const values = [...settings].map(([name, value]) => `${name} = ${quote(value)}`);
    await native.QueryAsyncConnection(connection, `SET ${values.join(', ')}`, 'Null');
    return new ClickHouseException(1002, 'UNKNOWN_EXCEPTION', 'The engine opened no connection.');
  } catch (error) {
    return ClickHouseException.fromEngine(error);
  } finally {
    native.CloseConnection(connection);
  }
}

function createKiller(native: Native, control: Connection) {
  let last: Promise<unknown> = Promise.resolve();
  const kill = (tag: string): void => {
    const sql = `KILL QUERY WHERE Settings['query_cache_tag'] = ${quote(tag)} ASYNC FORMAT Null`;
    // a failure means that it is gone, or is tried again
    last = last.then(() => native.QueryAsyncConnection(control, sql, 'Null')).catch(() => {});
  };
  return Object.assign(kill, { settled: () => last });
}

/** Acts when the signal aborts, and again: at first the query may not have started yet. Gives a function that ends it. */
function whileAborted(signal: AbortSignal, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    act();
    timer = setInterval(act, KILL_AGAIN_MS);
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return () => {
    signal.removeEventListener('abort', begin);
    clearInterval(timer);
  };
}
