import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from '@updraft/service';
import { type ConnectionRequest, createConnections } from './connections.ts';
import { type EngineLimits, emptyTmpDir, writeEngineFiles } from './engine-files.ts';
import { type Connection, loadNative, type Native, type QueryResult, type WriteResult } from './native.ts';
import { type Outward, outwardNames } from './outward.ts';
import { type Consume, makeResultPipes, throughPipe } from './result-pipe.ts';
import type { SlotsOptions } from './slots.ts';
import { quote } from './sql.ts';

export interface EngineOptions extends EngineLimits, SlotsOptions {
  readonly dataDir: string;
}

/** One statement for the engine. */
export interface EngineQuery extends ConnectionRequest {
  readonly sql: string;
  readonly format: string;
  /** Values of `{name:Type}`, as ClickHouse's HTTP interface takes them: escaped as in TSV. */
  readonly params: Readonly<Record<string, string>>;
}

/** The running engine on one data directory. Its methods throw ClickHouseException. */
export interface Engine extends EngineFacts {
  /** For bodies of requests, and results; emptied at every start. */
  readonly tmpDir: string;
  /** Runs a statement whose result is small. */
  run(query: EngineQuery): Promise<QueryResult>;
  /** Runs a statement that writes rows, and tells how many. */
  write(query: EngineQuery): Promise<WriteResult>;
  /** Runs a SELECT; `sqlInto` is the statement with its result going into the pipe at that path. */
  stream(query: EngineQuery, sqlInto: (path: string) => string, consume: Consume<QueryResult>): Promise<QueryResult>;
  /** Kills what runs and closes the data directory. */
  close(): Promise<void>;
}

export interface EngineFacts {
  readonly version: string;
  readonly timezone: string;
  readonly outward: Outward;
  readonly settingNames: ReadonlySet<string>;
}

/** Opens the engine on `dataDir`. Throws a SetupError when another process has it open. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const native = loadNative();
  const configFile = await writeEngineFiles(options.dataDir, options);
  const control = await openFirst(native, options.dataDir, configFile);
  const tmpDir = await emptyTmpDir(options.dataDir);
  const pipes = await makeResultPipes(tmpDir, options.count);
  const connections = createConnections({ ...options, native, control });
  return {
    ...readFacts(native, control),
    tmpDir,
    run: (query) =>
      connections.lend(query, (connection) =>
        native.QueryAsyncConnection(connection, query.sql, query.format, query.params),
      ),
    write: (query) => connections.lend(query, (connection) => write(native, connection, query)),
    stream: (query, sqlInto, consume) =>
      connections.lend(query, async (connection, slot) => {
        const path = pipes[slot.number] ?? '';
        const start = () => native.QueryAsyncConnection(connection, sqlInto(path), query.format, query.params);
        return await throughPipe(path, start, consume);
      }),
    close: async () => {
      await connections.close();
      native.CloseConnection(control);
    },
  };
}

/** The first connection starts the engine, which lives until the last one is closed: this one stays. */
async function openFirst(native: Native, dataDir: string, configFile: string): Promise<Connection> {
  try {
    return native.CreateConnection(dataDir, [`--config-file=${configFile}`]);
  } catch (cause) {
    const status = await readFile(join(dataDir, 'status'), 'utf8').catch(() => '');
    const holder = /^PID: (\d+)/.exec(status)?.[1];
    const isHeld = holder !== undefined && Number(holder) !== process.pid && isRunning(Number(holder));
    const reason = isHeld ? `is in use by process ${holder}; stop it first` : 'can not be opened by the engine';
    throw new SetupError(`the data folder ${dataDir} ${reason}`, { cause });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function write(native: Native, connection: Connection, query: EngineQuery): Promise<WriteResult> {
  const params = Object.entries(query.params);
  if (params.length > 0) {
    // the call that tells the rows written takes no parameters; SET takes the same values
    const values = params.map(([name, value]) => `param_${name} = ${quote(value)}`);
    await native.QueryAsyncConnection(connection, `SET ${values.join(', ')}`, 'Null');
  }
  return await native.InsertRawAsyncConnection(connection, query.sql, Buffer.alloc(0), false);
}

function readFacts(native: Native, control: Connection): EngineFacts {
  const column = (sql: string) => native.QueryWithConnection(control, sql, 'TSVRaw').split('\n').filter(Boolean);
  const [version = '', timezone = ''] = column('SELECT arrayJoin([version(), timezone()])');
  const tableFunctions = column('SELECT name FROM system.table_functions');
  const engines = column('SELECT name FROM system.table_engines UNION ALL SELECT name FROM system.database_engines');
  return {
    version,
    timezone,
    outward: outwardNames(tableFunctions, engines),
    settingNames: new Set(column('SELECT name FROM system.settings')),
  };
}
