import { parentPort, workerData } from 'node:worker_threads';
import { eventLine, ROW_KIND } from '@updraft/jetstream';
import { openRepository, type Repository, reportFaults } from '@updraft/repository';
import type { RepositoryInput, RepositoryMessage } from './repository-messages.ts';

/** Makes lines of a repository's records: each is the event that a stream would have told at the repository's head. */
reportFaults(() => {
  const repository = openRepository(workerData as RepositoryInput);
  const lines = repositoryLines(repository);
  post({ kind: 'opened', commit: repository.commit });
  parentPort?.on('message', () => reportFaults(() => postLines(lines)));
});

/** Characters of a message. */
const CHUNK_CHARACTERS = 256 * 1024;

function postLines(all: Generator<string>): void {
  const lines: string[] = [];
  let characters = 0;
  for (let next = all.next(); next.done !== true; next = all.next()) {
    lines.push(next.value);
    characters += next.value.length;
    if (characters >= CHUNK_CHARACTERS) break;
  }
  post(lines.length === 0 ? { kind: 'end' } : { kind: 'lines', lines });
}

function* repositoryLines({ did, commit, payloads }: Repository): Generator<string> {
  const witnessedAt = Date.now() * 1000;
  for (const { collection, rkey, payload } of payloads())
    yield eventLine({
      seq: 0,
      witnessedAt,
      indexedAt: 0,
      kind: ROW_KIND.create,
      did,
      collection,
      rkey,
      rev: commit.rev,
      payload,
    });
}

function post(message: RepositoryMessage): void {
  parentPort?.postMessage(message, []);
}
