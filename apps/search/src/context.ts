import type { SignIn } from '@updraft/console-api';
import type { Account, Accounts } from '@updraft/identity';
import type { Logger, RateLimit, Turns } from '@updraft/service';
import type { CleanupJobStore, ClickHouse, Redis } from '@updraft/store';
import type { JobPolicy } from './cleanup/allowance.ts';
import type { CleanupRequest, CleanupStart } from './cleanup/start-cleanup.ts';
import type { SearchEnvironment } from './config.ts';
import type { SearchMetrics } from './metrics.ts';
import type { OperatorAnswers } from './operator/operator-answers.ts';
import type { PdsClient } from './pds/pds-client.ts';
import type { LatestLikeCounts } from './query/search-posts.ts';
import type { ExportFormat } from './repository/export-text.ts';
import type { RepositoryExport } from './repository/read-repository.ts';
import type { Report, ReportName } from './stats/report.ts';
import type { LatestTrends } from './trends/latest-trends.ts';

/** What main.ts gives the service. */
export interface SearchDeps {
  readonly env: SearchEnvironment;
  readonly clickhouse: ClickHouse;
  readonly redis: Redis;
  readonly log: Logger;
  /** Aborts when the service stops. */
  readonly signal: AbortSignal;
  /** How long a caller waits for a report that was never made; default 15 s. */
  readonly coldReportMs?: number;
}

/** What the routes work with. */
export interface SearchContext {
  readonly clickhouse: ClickHouse;
  readonly log: Logger;
  readonly metrics: SearchMetrics;
  readonly reports: Readonly<Record<Exclude<ReportName, 'trends'>, Report>>;
  readonly trends: LatestTrends;
  readonly statsTtlMs: number;
  readonly accounts: Accounts;
  readonly pdsClient: PdsClient;
  readonly likeCounts: LatestLikeCounts;
  /** Searches a second, by caller. */
  readonly searchLimit: RateLimit;
  readonly searchTurns: Turns;
  readonly listTurns: Turns;
  readonly exports: Exports;
  /** Undefined with CONSOLE_OFF. */
  readonly signIn: SignIn | undefined;
  /** Undefined without CLEANUP_TOKEN_KEY. */
  readonly cleanups: Cleanups | undefined;
  /** What operators may ask. */
  readonly operator: OperatorAnswers;
}

/** Repositories as text. */
export interface Exports {
  /** Downloads and checks the repository, then calls `use` with its text, which ends when `use` resolves. */
  use(
    caller: string,
    account: Account,
    format: ExportFormat,
    signal: AbortSignal,
    use: (exported: RepositoryExport) => Promise<void>,
  ): Promise<void>;
}

export interface Cleanups {
  readonly store: CleanupJobStore;
  readonly policy: JobPolicy;
  start(request: CleanupRequest, signal: AbortSignal): Promise<CleanupStart>;
  /** Makes the worker look for work now. */
  lookNow(): void;
}
