import type { StoreLog } from '../log.ts';
import type { Shape } from '../row-binary/shape.ts';
import type { List } from './lists.ts';

export interface ClickHouseOptions {
  /** `host:port` of the HTTP interface, or a URL. */
  address: string;
  username: string;
  password: string;
  database: string;
  /** The servers over which the tables are spread; absent where there is one server. */
  cluster?: ClusterOptions | undefined;
  /** Another system's server, perhaps an older one: it is only read, and without our pinned settings. */
  isForeign?: boolean;
  log?: StoreLog;
}

export interface ClusterOptions {
  /** Of the servers' `remote_servers`. */
  readonly name: string;
  /** The HTTP address of each server. With replicas none: then the servers tell each other (ON CLUSTER). */
  readonly servers: readonly string[];
  /** Whether each shard has replicas, which ClickHouse Keeper keeps in step. */
  readonly isReplicated: boolean;
}

/** Settings of one call, over the pinned ones. */
export type CallSettings = Readonly<Record<string, string | number | boolean>>;

export interface CallOptions {
  settings?: CallSettings;
  /** How long the call may take, all of it; default 30 s. The server stops at the same time (`max_execution_time`). */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Tables that go with this call of query, stream or command. A list without a bound belongs here, not in a parameter. */
  lists?: readonly List[];
}

export interface ClickHouse {
  readonly database: string;
  /** The database of the tables with the rows: `database`, and on a cluster another one on each server. */
  readonly rowsDatabase: string;
  /**
   * The rows of a SELECT. Parameters are bound as `{name:Type}`.
   * @throws AnswerFault when the answer has another shape.
   */
  query<Row>(sql: string, shape: Shape<Row>, params?: QueryParams, options?: CallOptions): Promise<Row[]>;
  /** The rows of a SELECT in chunks as they arrive; leaving the loop early ends the query. */
  stream<Row>(
    sql: string,
    shape: Shape<Row>,
    params?: QueryParams,
    options?: CallOptions,
  ): AsyncIterable<readonly Row[]>;
  /** The bytes of a SELECT's rows as RowBinary, once the server has all of them. For very many rows of fixed width. */
  streamBytes(sql: string, params?: QueryParams, options?: Omit<CallOptions, 'lists'>): AsyncIterable<Uint8Array>;
  /** A statement without an answer: DDL, INSERT … SELECT, SYSTEM …. */
  command(sql: string, params?: QueryParams, options?: CallOptions): Promise<void>;
  /**
   * Runs a statement about what a server holds itself (ALTER … DELETE, OPTIMIZE, SYSTEM RELOAD DICTIONARY) on every server, in
   * `rowsDatabase`. `onCluster` goes after the object's name: `ALTER TABLE posts${onCluster} DELETE …`. Rejects when one of them fails.
   */
  onEachServer(statement: (onCluster: string) => string, params?: QueryParams, options?: CallOptions): Promise<void>;
  /** The rows of a SELECT about what a server holds itself, of every server. `isWhole` is false on a cluster with replicas, where one answers for itself. */
  queryEachServer<Row>(
    sql: string,
    shape: Shape<Row>,
    params?: QueryParams,
    options?: CallOptions,
  ): Promise<EachAnswer<Row>>;
  /** Inserts encoded rows. `columnsHeader` is the header of RowBinaryWithNamesAndTypes. Resolves when the server has acknowledged them. */
  insertBytes(
    table: string,
    columnsHeader: Uint8Array,
    body: Uint8Array | readonly Uint8Array[],
    options?: CallOptions,
  ): Promise<{ writtenRows: number }>;
  /** Resolves when the server answers a query as this user, in this database. */
  ping(options?: CallOptions): Promise<void>;
  close(): Promise<void>;
}

export interface EachAnswer<Row> {
  /** `server`: its host, and its port. */
  readonly answers: readonly { readonly server: string; readonly rows: readonly Row[] }[];
  readonly isWhole: boolean;
}

export type QueryParams = Readonly<Record<string, unknown>>;
