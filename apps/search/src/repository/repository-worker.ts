import { parentPort, workerData } from 'node:worker_threads';
import { openRepository, type Repository, reportFaults } from '@updraft/repository';
import { type ExportFormat, exportText } from './export-text.ts';
import { planDeletions } from './plan-deletions.ts';
import type { WorkerInput, WorkerMessage } from './worker-messages.ts';

/** Reads one repository in a thread of its own, so that hashing and decoding delay no request. */
run(workerData as WorkerInput);

/** The approximate size of a chunk. */
const CHUNK_CHARACTERS = 64 * 1024;
const BUFFER_BYTES = 256 * 1024;

function run(input: WorkerInput): void {
  reportFaults(() => {
    const repository = openRepository(input);
    post({ kind: 'opened', commit: repository.commit });
    if (input.task.kind === 'export') serveChunks(repository, input.task.format);
    else post({ kind: 'plan', plan: planDeletions(repository, input.task.query) });
  });
}

function serveChunks(repository: Repository, format: ExportFormat): void {
  const text = exportText(repository, format);
  parentPort?.on('message', (used: ArrayBuffer | undefined) => reportFaults(() => postChunk(text, used)));
}

function postChunk(text: Generator<string>, used: ArrayBuffer | undefined): void {
  let chunk = '';
  for (let piece = text.next(); piece.done !== true; piece = text.next()) {
    chunk += piece.value;
    if (chunk.length >= CHUNK_CHARACTERS) break;
  }
  if (chunk === '') return post({ kind: 'end' });
  const mostBytes = chunk.length * 3;
  const buffer =
    used !== undefined && used.byteLength >= mostBytes ? used : new ArrayBuffer(Math.max(mostBytes, BUFFER_BYTES));
  const { written } = new TextEncoder().encodeInto(chunk, new Uint8Array(buffer));
  post({ kind: 'chunk', buffer, length: written }, [buffer]);
}

function post(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
