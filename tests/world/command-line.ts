import { Command, InvalidArgumentError } from '@updraft/command';

/**
 * The options of this process as numbers. Ends it after the usage when --help asks for that (0), and after a line and the usage when an
 * option is unknown or is no number (2).
 */
export function readNumbers<Options extends Readonly<Record<string, number | undefined>>>(
  usage: string,
  defaults: Options,
): Options {
  const program = new Command()
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .showHelpAfterError();
  program.helpInformation = () => `usage: ${usage}\n`;
  for (const name of Object.keys(defaults)) program.option(`--${name} <number>`, '', readNumber);
  return { ...defaults, ...program.parse().opts() };
}

function readNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('expected a number');
}
