import { formatTid, isDid, parseEvent } from '@updraft/atproto';
import { type FeedsFile, feedByName, importedApiKey } from '@updraft/feeds';
import { appendEvent, type Batch, clearBatch, createBatch, filledBlocks } from '@updraft/ingest';
import { parseJson } from '@updraft/service';
import {
  type ActorLabelRow,
  type ApiKeyRow,
  actorLabels,
  apiKeys,
  createBlock,
  type FeedRequestRow,
  feedRequestAnalytics,
  hashText,
  type Table,
} from '@updraft/store';
import type { WriteBlocks } from '../open-writer.ts';
import { commitMicros, importedVersion } from './record-version.ts';
import type { ImportedTable, SourceRow } from './wanted.ts';

/** Writes rows of the source as ours. Resolves when they are acknowledged, with how many were left out, by reason. */
export type ImportRows = (rows: readonly unknown[]) => Promise<LeftOut>;
export type LeftOut = ReadonlyMap<string, number>;

export interface ImportDeps {
  readonly write: WriteBlocks;
  readonly isErased: (did: string) => boolean;
  readonly feeds: FeedsFile['feeds'];
  readonly nowMs: number;
}

/** A row of the source always becomes the same row here, with a version below that of any change made here. */
export function createImporters(deps: ImportDeps): Readonly<Record<ImportedTable, ImportRows>> {
  return {
    actor_labels: importer(deps, actorLabels, labelRow(deps)),
    api_keys: importer(deps, apiKeys, apiKeyRow(deps)),
    feed_request_analytics: importer(deps, feedRequestAnalytics, requestRow(deps)),
    repo_records: recordImporter(deps),
  };
}

/** A row of ours, or why the source's row is left out. */
type RowOrReason<Row> = Row | string;

function importer<Row extends object>(
  { write }: ImportDeps,
  table: Table<Row>,
  /** Gets what `readSource` gives for this table. */
  rowOf: (source: never) => RowOrReason<Row>,
): ImportRows {
  return async (rows) => {
    const leftOut = new Map<string, number>();
    const block = createBlock(table);
    for (const source of rows as readonly never[]) {
      const row = rowOf(source);
      if (typeof row === 'string') leftOut.set(row, (leftOut.get(row) ?? 0) + 1);
      else block.append(row);
    }
    await write([block]);
    return leftOut;
  };
}

function labelRow({ isErased }: ImportDeps) {
  return (source: SourceRow<'actor_labels'>): RowOrReason<ActorLabelRow> => {
    const reason = accountFault(source.did, isErased);
    if (reason !== undefined) return reason;
    if (source.label === '') return 'without a label';
    const createdAt = Math.floor(source.createdAt);
    return {
      label: source.label,
      actorDid: source.did,
      createdAt,
      changedBy: 'pnpm admin import',
      version: Math.max(1, Math.floor(Math.max(source.createdAt, source.updatedAt) * 1000)) + source.deleted,
      deleted: source.deleted !== 0,
    };
  };
}

function apiKeyRow({ isErased, feeds }: ImportDeps) {
  return (source: SourceRow<'api_keys'>): RowOrReason<ApiKeyRow> => {
    const reason = accountFault(source.did, isErased);
    if (reason !== undefined) return reason;
    if (source.deleted !== 0) return 'revoked';
    if (source.key === '') return 'without a key';
    const feed = feedByName(feeds, aliasOf(source.feed));
    if (feed === undefined) return `for the feed ${source.feed}, which the feeds file does not have`;
    const createdAt = Math.floor(source.createdAt);
    return {
      ...importedApiKey(source.key),
      feeds: [feed.alias],
      actorDid: source.did,
      createdAt,
      revokedAt: 0,
      version: Math.max(1, createdAt * 1000),
    };
  };
}

function requestRow({ isErased, feeds }: ImportDeps) {
  return (source: SourceRow<'feed_request_analytics'>): RowOrReason<FeedRequestRow> => {
    const reason = accountFault(source.viewerDid, isErased);
    if (reason !== undefined) return reason;
    const name = aliasOf(source.feed);
    return {
      requestedAt: Math.floor(source.requestedAt),
      feed: feedByName(feeds, name)?.alias ?? name,
      viewerDid: source.viewerDid,
      requestId: `import-${hashText(JSON.stringify(source))}`,
      pageLimit: clamp(source.pageLimit, 65_535),
      pageSize: clamp(source.pageSize, 65_535),
      pageOffset: clamp(source.pageOffset, 2 ** 32 - 1),
      hasCursor: source.hasCursor !== 0,
      isOutsider: false,
      acceptLanguage: source.acceptLanguage,
      durationUs: 0,
      buildId: '',
      variant: '',
      items: [],
    };
  };
}

function recordImporter({ write, isErased, nowMs }: ImportDeps): ImportRows {
  const batch = createBatch();
  return async (rows) => {
    const leftOut = new Map<string, number>();
    clearBatch(batch);
    for (const source of rows as readonly SourceRow<'repo_records'>[]) {
      const reason = isErased(source.repo) ? 'of erased accounts' : appendRecord(source, batch, nowMs);
      if (reason !== undefined) leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
    }
    await write(filledBlocks(batch));
    return leftOut;
  };
}

/** Parses the record as the indexer does, so that its rows of the typed tables follow. Gives the reason when nothing was appended. */
function appendRecord(source: SourceRow<'repo_records'>, batch: Batch, nowMs: number): string | undefined {
  const { operation, collection, rkey } = source;
  const isDelete = operation === 'delete';
  const record = isDelete ? undefined : parseJson(source.recordJson);
  if (record === undefined && !isDelete) return 'whose record is not JSON';
  const micros = commitMicros(source.at, nowMs);
  const parsed = parseEvent({
    did: source.repo,
    time_us: micros,
    kind: 'commit',
    commit: { rev: formatTid({ micros, clockId: 0 }), operation, collection, rkey, ...(!isDelete && { record }) },
  });
  if (!parsed.ok) return `refused as ${parsed.reason}`;
  const outcome = appendEvent(parsed.event, batch, importedVersion(source.at, rkey, isDelete));
  return outcome === 'record_too_deep' ? 'refused as record_too_deep' : undefined;
}

function accountFault(did: string, isErased: (did: string) => boolean): string | undefined {
  if (!isDid(did)) return 'without a DID';
  return isErased(did) ? 'of erased accounts' : undefined;
}

/** A feed is named by its alias or its at-uri, which ends with it. */
function aliasOf(feed: string): string {
  return feed.slice(feed.lastIndexOf('/') + 1);
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(max, Math.floor(value)));
}
