import { createRequire } from 'node:module';

/** What the addon gives back for a query: the formatted result and what it took. `rowsRead` counts rows of the result. */
export interface QueryResult {
  readonly bytes: Buffer;
  readonly elapsed: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

/** What the addon gives back for a statement that writes; as in ClickHouse, rows of dependent views count too. */
export interface WriteResult {
  readonly elapsed: number;
  readonly rowsWritten: number;
  readonly bytesWritten: number;
}

/** An open connection of the addon: one client of the embedded server, with settings and a database of its own. */
export interface Connection {
  readonly __connection: never;
}

/**
 * chdb's native addon. We call it beneath chdb's own `Session` because only it tells the rows written, and because
 * `Session` lets one query with parameters run at a time in the whole process (`queryBindAsync`).
 *
 * CloseConnection must never be called while a query runs on that connection: it would end the whole engine.
 */
export interface Native {
  CreateConnection(path: string, args?: readonly string[]): Connection;
  CloseConnection(connection: Connection): void;
  QueryAsyncConnection(
    connection: Connection,
    sql: string,
    format: string,
    params?: Readonly<Record<string, string>>,
  ): Promise<QueryResult>;
  InsertRawAsyncConnection(
    connection: Connection,
    sql: string,
    payload: Buffer,
    countLines: boolean,
  ): Promise<WriteResult>;
  QueryWithConnection(connection: Connection, sql: string, format: string): string;
}

/** Loads the addon of this platform through chdb's own loader, which says what is wrong when there is none. */
export function loadNative(): Native {
  const fromHere = createRequire(import.meta.url);
  const fromChdb = createRequire(fromHere.resolve('chdb'));
  const loader = fromChdb('./dist/loader.js') as { loadNative(): Native };
  return loader.loadNative();
}
