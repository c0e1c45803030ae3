import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { type ProgressOutput, SetupError } from '@updraft/service';

/** What a command gets besides its arguments. */
export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a line of the answer. */
  readonly out: (line: string) => void;
  /** Writes a line that is not part of the answer: notes, warnings. */
  readonly note: (line: string) => void;
  /** For progress; without it none is shown. */
  readonly screen?: ProgressOutput;
}

/** Adds a program's commands, or, where it does one thing only, its arguments and options. */
export type BuildProgram = (program: Command, io: CommandIo) => void;

/** One sentence that says what a person must change. */
export class CommandError extends SetupError {
  override name = 'CommandError';
}

const FAILED = 1;
const MISUSE = 2;

const EXIT_CODES = `\nExit codes: 0 done, ${FAILED} failed, ${MISUSE} not understood`;

/**
 * Runs the command that `argv` (without node and the script) names; without arguments it shows the help. `name` is the program's,
 * such as `pnpm admin`. Gives the exit code: 0, 1 for a SetupError, 2 for arguments that were not understood. Throws other errors.
 */
export async function runCommand(
  name: string,
  build: BuildProgram,
  argv: readonly string[],
  io: CommandIo,
): Promise<number> {
  const program = new Command(name).exitOverride().configureOutput({
    writeOut: (text) => io.out(text.trimEnd()),
    writeErr: (text) => io.note(text.trimEnd()),
  });
  build(program, io);
  program.addHelpText('after', EXIT_CODES);
  pointToHelp(program, name);
  const wantsHelp = argv.length === 0 && program.commands.length > 0;
  try {
    await program.parseAsync(wantsHelp ? ['--help'] : argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSE;
    if (!(error instanceof SetupError)) throw error;
    io.note(error.message);
    return FAILED;
  }
}

/** Runs a program as this process. `isFault`: errors whose message is a sentence for people, besides a SetupError. */
export async function runProgram(
  name: string,
  build: BuildProgram,
  { argv, env, stdout, stderr }: NodeJS.Process,
  isFault: (error: unknown) => error is Error = (error) => error instanceof SetupError,
): Promise<number> {
  stdout.on('error', ignoreClosed);
  const out = (line: string) => stdout.write(`${line}\n`);
  const note = (line: string) => stderr.write(`${line}\n`);
  return await runCommand(name, build, argv.slice(2), { env, out, note, screen: stderr }).catch((error: unknown) => {
    if (!isFault(error)) throw error;
    note(error.message);
    return FAILED;
  });
}

/** Whoever reads may stop reading, as `| head` does. */
function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** A fault is one line: the whole help would push it off the screen. */
function pointToHelp(command: CommandUnknownOpts, path: string): void {
  command.showHelpAfterError(`${path} --help shows what it takes`);
  for (const inner of command.commands) pointToHelp(inner, `${path} ${inner.name()}`);
}
