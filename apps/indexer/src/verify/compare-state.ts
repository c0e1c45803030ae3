import { versionToBigInt } from '@updraft/atproto';
import {
  type AccountRecord,
  accountRecords,
  type ClickHouse,
  changedRecords,
  type ErasedAccounts,
  goneBelow,
} from '@updraft/store';
import type { TouchedAccount } from './archive-state.ts';
import { contentDigest, UNSTORABLE } from './content-digest.ts';

export interface Comparison {
  /** Records that were compared. */
  records: number;
  /** The archive has them. */
  missing: number;
  /** The archive has deleted them, or ended them all. */
  extra: number;
  different: number;
}

export interface CompareOptions {
  readonly clickhouse: ClickHouse;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  readonly accounts: ReadonlyMap<string, TouchedAccount>;
  /** When the archive's last event was seen: what is stored with a rev of about then or later may be newer than the archive, and is not compared. Microseconds since 1970. */
  readonly archiveEndMicros: number;
  /** Names each difference. */
  onDifference(kind: 'missing' | 'extra' | 'different', uri: string): void;
}

/** A host sees an event some time after its rev. */
const REV_BEHIND_MICROS = 120_000_000;

/** Compares the touched records with the stored ones. An account's status doesn't count: it hides records, and ends none. */
export async function compareState(options: CompareOptions): Promise<Comparison> {
  const { clickhouse, erased, accounts, onDifference } = options;
  const newerThanMicros = options.archiveEndMicros - REV_BEHIND_MICROS;
  const dids = [...accounts.keys()].filter((did) => !erased.has(did));
  const result: Comparison = { records: 0, missing: 0, extra: 0, different: 0 };
  const note = (kind: 'missing' | 'extra' | 'different', did: string, path: string): void => {
    result[kind] += 1;
    onDifference(kind, `at://${did}/${path}`);
  };
  const below = new Map((await goneBelow(clickhouse, dids)).map((row) => [row.did, versionToBigInt(row.below)]));
  const isNewer = (version: bigint): boolean => Number(version >> 11n) > newerThanMicros;
  const known = new Map<string, Set<string>>();
  for await (const record of accountRecords(clickhouse, dids)) {
    const { repo: did, collection, rkey } = record;
    const [account, path] = [accounts.get(did), `${collection}/${rkey}`];
    if (account === undefined || (!account.isWhole && !account.records.has(path))) continue;
    const [version, goneAt] = [versionToBigInt(record.version), below.get(did) ?? 0n];
    const isGone = version <= goneAt;
    const isLater = isNewer(version) || isNewer(goneAt);
    if (isGone && !isLater) continue;
    known.set(did, (known.get(did) ?? new Set()).add(path));
    if (isLater) continue;
    result.records += 1;
    const kind = differenceOf(account.records.get(path), record);
    if (kind !== undefined) note(kind, did, path);
  }
  // Deleted meanwhile, or written again after the first look.
  for await (const { repo: did, collection, rkey } of changedRecords(clickhouse, dids, newerThanMicros)) {
    const path = `${collection}/${rkey}`;
    if (accounts.get(did)?.records.has(path)) known.set(did, (known.get(did) ?? new Set()).add(path));
  }
  for (const did of dids)
    for (const [path, digest] of accounts.get(did)?.records ?? []) {
      if (digest === undefined || digest === UNSTORABLE || known.get(did)?.has(path) === true) continue;
      result.records += 1;
      note('missing', did, path);
    }
  return result;
}

function differenceOf(expected: string | undefined, { recordJson }: AccountRecord): 'extra' | 'different' | undefined {
  if (expected === undefined) return 'extra';
  // Of a record that can't be stored an older content may stand.
  return expected === UNSTORABLE || expected === contentDigest(JSON.parse(recordJson)) ? undefined : 'different';
}
