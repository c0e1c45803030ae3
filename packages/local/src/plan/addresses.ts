/** The ports of everything that `npm start` runs, all on 127.0.0.1. */
export interface Ports {
  readonly clickhouse: number;
  /** The first port of ClickHouse's native protocol, by which the servers of a cluster talk. */
  readonly clickhouseNative: number;
  readonly redis: number;
  readonly indexerMetrics: number;
  readonly feedgen: number;
  readonly feedgenMetrics: number;
  readonly search: number;
  readonly searchMetrics: number;
  /** The played or simulated network. */
  readonly network: number;
  /** The simulated PLC directory. */
  readonly plc: number;
  /** The simulated labeler. */
  readonly labeler: number;
}

/** The usual ports, each moved by `offset`. */
export function portsFor(offset: number): Ports {
  return {
    clickhouse: 8123 + offset,
    clickhouseNative: 9000 + offset,
    redis: 6379 + offset,
    indexerMetrics: 8091 + offset,
    feedgen: 8094 + offset,
    feedgenMetrics: 8095 + offset,
    search: 8092 + offset,
    searchMetrics: 8093 + offset,
    network: 6008 + offset,
    plc: 2582 + offset,
    labeler: 2583 + offset,
  };
}

/** `127.0.0.1:port`. */
export function loopback(port: number): string {
  return `127.0.0.1:${port}`;
}
