import { setTimeout as delay } from 'node:timers/promises';
import { BAD_ARGUMENTS, UNFINISHED } from '../clickhouse/error-codes.ts';
import type { CallOptions } from '../clickhouse/types.ts';
import { MigrationError, StoreError, TimeoutError } from '../errors.ts';
import type { MigrationLock } from './lock.ts';
import { endingOf, type Mutation, nameOfMutation, readMutations } from './mutations.ts';
import type { StepProgress } from './run-steps/step.ts';
import { withoutLeadingComments } from './split-statements.ts';
import type { Place } from './target.ts';

export interface Waiting {
  readonly lock: MigrationLock;
  readonly progress: StepProgress;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 500;

/**
 * Runs a statement at one place, within `timeoutMs` altogether. A server refuses to drop or rename what a mutation of the table still
 * builds or reads (such as a projection); then it waits until these mutations are done, and asks again.
 * @throws MigrationError that names the mutation and says how to end it, when it fails or takes longer.
 */
export async function runWhenFree(
  place: Place,
  sql: string,
  options: CallOptions & { timeoutMs: number },
  waiting: Waiting,
): Promise<void> {
  const [, table] = /^ALTER TABLE (\w+)/i.exec(withoutLeadingComments(sql)) ?? [];
  const endsAt = performance.now() + options.timeoutMs;
  for (let hasWaited = true; ; ) {
    const timeoutMs = Math.max(POLL_MS, endsAt - performance.now());
    try {
      return await place.client.command(sql, {}, { ...options, timeoutMs });
    } catch (error) {
      if (table === undefined) throw error;
      if (isUnfinished(error)) throw await explained(place, table, error);
      // Refused, and nothing was under way any more: it may have ended in between, so once more.
      if (!isRefused(error) || !hasWaited) throw error;
      hasWaited = await waitForMutations(place, table, endsAt, waiting);
    }
  }
}

/** Also what is refused for another reason: then a second attempt says so again. */
function isRefused(error: unknown): boolean {
  return error instanceof StoreError && error.code === BAD_ARGUMENTS;
}

/** An ALTER that rewrites parts stands in line behind other mutations. */
function isUnfinished(error: unknown): error is StoreError {
  return error instanceof TimeoutError || (error instanceof StoreError && error.code === UNFINISHED);
}

/** Waits for the mutations of the table that there are now. Gives whether there were any. */
async function waitForMutations(place: Place, table: string, endsAt: number, waiting: Waiting): Promise<boolean> {
  const all = await readMutations(place, table);
  const awaited = new Set(all.map(({ id }) => id));
  const total = partsOf(all);
  const subject = `waiting for ${table}, ${all[0]?.command ?? ''}`;
  let left = all;
  while (left.length > 0) {
    for (const mutation of left) {
      if (mutation.failure !== '') throw new MigrationError(failedSentence(place, table, mutation));
      if (performance.now() > endsAt) throw new MigrationError(lateSentence(place, table, mutation));
    }
    waiting.lock.assertHeld();
    waiting.progress.report({ subject, done: Math.max(0, total - partsOf(left)), total, unit: 'parts' });
    await delay(POLL_MS, undefined, { signal: waiting.signal });
    left = (await readMutations(place, table)).filter(({ id }) => awaited.has(id));
  }
  if (all.length > 0) waiting.progress.report({ subject, done: total, total, unit: 'parts' });
  return all.length > 0;
}

function partsOf(mutations: readonly Mutation[]): number {
  return mutations.reduce((sum, { partsToDo }) => sum + partsToDo, 0);
}

/** The failure, with the mutation that the statement stood behind, where the server tells. */
async function explained(place: Place, table: string, error: StoreError): Promise<StoreError> {
  const [next] = await readMutations(place, table).catch(() => []);
  if (next === undefined) return error;
  const sentence = next.failure === '' ? lateSentence(place, table, next) : failedSentence(place, table, next);
  return new MigrationError(`${error.message}; ${sentence}`, { cause: error });
}

function lateSentence(place: Place, table: string, mutation: Mutation): string {
  return (
    `the server is not done with ${nameOfMutation(place, table, mutation)} (${mutation.partsToDo} parts left). ` +
    `Run the same command again to wait on, or end the mutation there: ${endingOf(place, table, mutation)}`
  );
}

function failedSentence(place: Place, table: string, mutation: Mutation): string {
  return (
    `${nameOfMutation(place, table, mutation)} fails: ${mutation.failure} ` +
    `Repair the cause and run the same command again, or end the mutation there: ${endingOf(place, table, mutation)}`
  );
}
