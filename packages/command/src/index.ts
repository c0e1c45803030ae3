export { type Command, CommandError, type CommandIo, type CommandOptions, runCommand } from './command.ts';
