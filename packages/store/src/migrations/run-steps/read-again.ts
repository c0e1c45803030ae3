import { createCopyNotebook, readStreams } from './notes.ts';
import type { StepContext } from './step.ts';

/**
 * Lets the indexer read each stream again from where it stood when the copy began: what was written to the old tables since is not in the
 * new ones. Redis may say a later place: of the two the indexer takes the earlier.
 */
export async function readAgain({ target, progress: { log } }: StepContext): Promise<void> {
  const [database] = target.databases;
  const { streams } = await createCopyNotebook(target).read();
  for (const { stream, progressJson, lastSeq } of streams) {
    await database?.command(
      `INSERT INTO ingest_progress (stream, progress_json, last_seq, version)
       SELECT {stream:String}, {progressJson:String}, {lastSeq:UInt64}, max(version) + {above:UInt64} FROM ingest_progress WHERE stream = {stream:String}`,
      { stream, progressJson, lastSeq, above: ABOVE },
    );
    log.info(
      { stream },
      `the indexer of this version reads on from ${new Date(lastSeq / 1000).toISOString()}, where the copy began; one of an earlier version can write no more. Stream:`,
    );
  }
  for (const { stream } of database === undefined ? [] : await readStreams(database))
    if (!streams.some((noted) => noted.stream === stream))
      log.warn({ stream }, 'the stream was first read while the copy went on: read it again from its start:');
}

/** More saves than an indexer makes in the name of one lease, and less than what the next lease is above it. */
const ABOVE = 2 ** 20;
