import type { PartStatus } from '../supervision/part.ts';
import type { Figures } from './figures.ts';

/** Everything that is shown at one moment. */
export interface Snapshot {
  readonly atMs: number;
  /** Where the events come from, in words. */
  readonly network: string;
  /** False for a recorded stream: its events are of any age, so it has no lag. */
  readonly isLive: boolean;
  readonly addresses: readonly NamedAddress[];
  /** Undefined while the indexer's metrics can't be read. */
  readonly figures: Figures | undefined;
  /** Events per second, a value a second, oldest first. */
  readonly rates: readonly number[];
  /** Rows by table; undefined while ClickHouse does not answer. */
  readonly rows: Readonly<Record<string, RowCount>> | undefined;
  readonly parts: readonly PartView[];
  /** Oldest first. */
  readonly remarks: readonly TimedRemark[];
}

export interface RowCount {
  readonly rows: number;
  readonly precision: 'exact' | 'estimate' | 'at most';
}

export interface NamedAddress {
  readonly label: string;
  readonly address: string;
}

export interface PartView extends PartStatus {
  readonly residentBytes: number | undefined;
}

export interface TimedRemark {
  readonly atMs: number;
  readonly part: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** The tables whose rows are shown, in this order, with their labels. */
export const SHOWN_TABLES: readonly (readonly [table: string, label: string])[] = [
  ['repo_records', 'records'],
  ['posts', 'posts'],
  ['likes', 'likes'],
  ['reposts', 'reposts'],
  ['follows', 'follows'],
  ['blocks', 'blocks'],
  ['profiles', 'profiles'],
  ['actor_handles', 'handles'],
  ['actor_status', 'statuses'],
];
