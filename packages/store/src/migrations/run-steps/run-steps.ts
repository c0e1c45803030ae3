import { MigrationError } from '../../errors.ts';
import { withoutLeadingComments } from '../split-statements.ts';
import { copyRows } from './copy-rows.ts';
import { readAgain } from './read-again.ts';
import type { RunStep } from './step.ts';

const STEPS: ReadonlyMap<string, RunStep> = new Map([
  ['copy_rows', copyRows],
  ['read_again', readAgain],
]);

/** The step that a statement of a migration names; undefined for SQL. @throws MigrationError for an unknown name. */
export function runStepOf(statement: string): RunStep | undefined {
  const [, name] = /^RUN\s+(\w+)$/i.exec(withoutLeadingComments(statement).trim()) ?? [];
  if (name === undefined) return undefined;
  const step = STEPS.get(name);
  if (step === undefined) throw new MigrationError(`RUN ${name}: there are ${[...STEPS.keys()].join(' and ')}`);
  return step;
}
