// Brings into the tables what the stream did not: the stretch of a gap, and the repositories of chosen accounts.
//
// In:  gaps of ingest_gaps, and archives or hosts that may have their stretches; accounts, whose servers have their repositories.
// Out: the rows that the stream would have made, acknowledged, and then the row that says so; or the reason why not.
// Invariant: a gap is healed only when its stretch was read to its end. What comes twice changes nothing.

export { type AccountSource, openAccountSource } from './accounts/account-source.ts';
export { type Backfill, type BackfilledAccount, createBackfill } from './accounts/backfill-account.ts';
export { explainBackfill } from './accounts/backfill-errors.ts';
export { ARCHIVE_RETRY, archiveSource } from './gaps/archive-source.ts';
export { type GapSource, isoTime } from './gaps/gap-source.ts';
export { createGapHealer, type GapHealer, type HealOutcome } from './gaps/heal-gap.ts';
export { hostSource } from './gaps/host-source.ts';
