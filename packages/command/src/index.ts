// The kit of `pnpm admin`, `pnpm migrate` and `pnpm replay`: commander, and the rules that all three share.
//
// In:  the words of the command line, and a description of what the program can do.
// Out: the answer on stdout, notes on stderr, and an exit code: 0 done, 1 failed, 2 not understood.
// Invariant: a person reads sentences; a stack shows only for a fault of the program.
export { Command, CommanderError, type CommandUnknownOpts, InvalidArgumentError } from '@commander-js/extra-typings';
export { JSON_OPTION, writeRow } from './rows.ts';
export { type BuildProgram, CommandError, type CommandIo, runCommand, runProgram } from './run-command.ts';
export { stopSignal } from './stop-signal.ts';
export { accountDid, boundedText, each, wholeNumber } from './values.ts';
