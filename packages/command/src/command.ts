import type { ParseArgsOptionDescriptor } from 'node:util';
import { parseCommandLine, SetupError } from '@updraft/service';

/** What a command is given besides its arguments. */
export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a line of the answer. */
  readonly out: (line: string) => void;
  /** Writes a line beside the answer: notes, warnings. */
  readonly note: (line: string) => void;
  /** Where progress is shown; nowhere when absent. */
  readonly screen?: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };
}

/** Values of options by name; repeated ones come as arrays. */
export type CommandOptions = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** One thing that `pnpm admin` does: `pnpm admin <subject> [<verb>] …`. */
export interface Command {
  readonly subject: string;
  /** Absent when the subject says it all. */
  readonly verb?: string;
  /** Arguments and options, as in a usage line. */
  readonly usage: string;
  readonly summary: string;
  readonly options?: Readonly<Record<string, ParseArgsOptionDescriptor>>;
  run(positionals: readonly string[], options: CommandOptions, io: CommandIo): Promise<void>;
}

/** What a person must put right, in one sentence. */
export class CommandError extends SetupError {
  override name = 'CommandError';
}

/**
 * Runs the command that `argv` names (without node and the script). Gives the exit code: 0, 1 when it failed with a sentence
 * for people, 2 for wrong usage. Other errors are thrown.
 */
export async function runCommand(
  commands: readonly Command[],
  argv: readonly string[],
  io: CommandIo,
): Promise<number> {
  const command = find(commands, argv);
  if (command === undefined) {
    for (const line of usage(commands, argv[0])) (isHelp(argv[0]) ? io.out : io.note)(line);
    return isHelp(argv[0]) ? 0 : 2;
  }
  const rest = argv.slice(command.verb === undefined ? 1 : 2);
  if (rest.some(isHelp)) {
    io.out(usageOf(command));
    return 0;
  }
  const parsed = parse(command, rest);
  if (typeof parsed === 'string') {
    io.note(`${parsed}\nusage: ${usageOf(command)}`);
    return 2;
  }
  try {
    await command.run(parsed.positionals, parsed.values, io);
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    io.note(error.message);
    return 1;
  }
}

function find(commands: readonly Command[], [subject, verb]: readonly string[]): Command | undefined {
  return commands.find(
    (command) => command.subject === subject && (command.verb === undefined || command.verb === verb),
  );
}

function isHelp(text: string | undefined): boolean {
  return text === undefined || text === '--help' || text === '-h' || text === 'help';
}

function parse(command: Command, args: string[]): { positionals: string[]; values: CommandOptions } | string {
  try {
    return parseCommandLine({ args, options: command.options ?? {}, allowPositionals: true, strict: true });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return error.message;
  }
}

function usageOf({ subject, verb, usage: own, summary }: Command): string {
  return `${['pnpm admin', subject, verb, own].filter((part) => part !== undefined && part !== '').join(' ')}\n    ${summary}`;
}

function usage(commands: readonly Command[], subject: string | undefined): string[] {
  if (subject?.startsWith('-') === true && !isHelp(subject))
    return [`${subject} is not known here: an option comes after its command, and pnpm admin --help names those`];
  const fitting = commands.filter((command) => command.subject === subject);
  const unknown = fitting.length > 0 || isHelp(subject) ? [] : [`there is no command ${subject}`];
  return [...unknown, 'usage:', ...(fitting.length > 0 ? fitting : commands).map(usageOf)];
}
