// What `pnpm admin`, `pnpm migrate` and `pnpm replay` are made of: commander, and what all three decide alike.
//
// In:  the words of the command line, and a description of what the program can do.
// Out: the answer on stdout, notes on stderr, and an exit code: 0 done, 1 failed, 2 not understood.
// Invariant: a person reads sentences and never a stack, unless the program itself is at fault.
export { Command, CommanderError, InvalidArgumentError } from '@commander-js/extra-typings';
export { JSON_OPTION, writeRow } from './rows.ts';
export { type BuildProgram, CommandError, type CommandIo, runCommand, runProgram } from './run-command.ts';
export { stopSignal } from './stop-signal.ts';
export { accountDid, each, wholeNumber } from './values.ts';
