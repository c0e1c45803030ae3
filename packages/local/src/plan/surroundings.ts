import type { Logins } from '../clickhouse/netrc.ts';
import type { ProgramOutput } from '../supervision/node-program.ts';
import type { Ports } from './addresses.ts';
import type { StartOptions } from './options.ts';

/** What is known before anything is planned. */
export interface Surroundings {
  readonly options: StartOptions;
  readonly env: NodeJS.ProcessEnv;
  readonly ports: Ports;
  /** Where the network's data lie. */
  readonly folder: string;
  /** Who may ask the ClickHouse that is started here, and the file that keeps their passwords. */
  readonly logins: Logins;
  readonly netrc: string;
  readonly output: ProgramOutput;
}
