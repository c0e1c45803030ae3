import type { CheckCommit } from '@updraft/identity';
import {
  type Commit,
  RepositoryError,
  type RepositoryOptions,
  type RepositoryThread,
  startRepositoryThread,
} from '@updraft/repository';
import type { ExportFormat } from './export-text.ts';
import type { DeletionPlan, InformedQuery } from './plan-deletions.ts';
import type { WorkerInput, WorkerMessage } from './worker-messages.ts';

export interface ReadOptions extends RepositoryOptions {
  /** Called once the repository is known to be whole. */
  readonly checkCommit: CheckCommit;
  /** Ends the reading at any time. */
  readonly signal: AbortSignal;
}

/** An export under way: the repository is whole, and its text comes as fast as it is read. */
export interface RepositoryExport {
  readonly rev: string;
  /** A chunk is valid until the next one is read, which reuses its memory. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Opens and checks the repository; resolves when its text can be sent. @throws RepositoryError */
export async function exportRepository(options: ReadOptions, format: ExportFormat): Promise<RepositoryExport> {
  const { carPath, indexPath, did, signal } = options;
  const thread = startThread({ carPath, indexPath, did, task: { kind: 'export', format } }, signal);
  try {
    const { rev } = await checkedCommit(thread, options);
    return { rev, chunks: readChunks(thread) };
  } catch (error) {
    await thread.stop();
    throw error;
  }
}

/** What a clean-up would delete from this repository. @throws RepositoryError */
export async function planFromRepository(options: ReadOptions, query: InformedQuery): Promise<DeletionPlan> {
  const { carPath, indexPath, did, signal } = options;
  const thread = startThread({ carPath, indexPath, did, task: { kind: 'plan', query } }, signal);
  try {
    await checkedCommit(thread, options);
    const message = await thread.next();
    if (message.kind === 'plan') return message.plan;
    throw new Error(`the repository's thread gave ${message.kind} for a plan`);
  } finally {
    await thread.stop();
  }
}

function startThread(input: WorkerInput, signal: AbortSignal): RepositoryThread<WorkerMessage> {
  return startRepositoryThread<WorkerMessage>(new URL('./repository-worker.ts', import.meta.url), input, signal);
}

async function checkedCommit(thread: RepositoryThread<WorkerMessage>, { checkCommit }: ReadOptions): Promise<Commit> {
  const message = await thread.next();
  if (message.kind !== 'opened') throw new Error(`the repository's thread began with ${message.kind}`);
  if (await checkCommit(message.commit)) return message.commit;
  throw new RepositoryError('the repository is not signed by its account');
}

async function* readChunks(thread: RepositoryThread<WorkerMessage>): AsyncGenerator<Uint8Array> {
  let used: ArrayBuffer | undefined;
  try {
    for (;;) {
      thread.askForChunk(used);
      const message = await thread.next();
      if (message.kind !== 'chunk') return;
      yield new Uint8Array(message.buffer, 0, message.length);
      used = message.buffer;
    }
  } finally {
    await thread.stop();
  }
}
