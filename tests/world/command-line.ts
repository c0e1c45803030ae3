import { Command, InvalidArgumentError } from '@updraft/command';

/** The options of this process, all numbers. Ends as readOptions() does. */
export function readNumbers<Options extends Readonly<Record<string, number | undefined>>>(
  usage: string,
  defaults: Options,
): Options {
  return readOptions(usage, defaults, {});
}

/**
 * The options of this process: numbers, and words of which the first is the default. Ends it after the usage when --help asks for that (0),
 * and after a line and the usage when an option is unknown or has no such value (2).
 */
export function readOptions<
  Options extends Readonly<Record<string, number | undefined>>,
  Words extends Readonly<Record<string, readonly string[]>>,
>(usage: string, defaults: Options, words: Words): Options & { readonly [Name in keyof Words]: Words[Name][number] } {
  const program = new Command()
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .showHelpAfterError();
  program.helpInformation = () => `usage: ${usage}\n`;
  for (const name of Object.keys(defaults)) program.option(`--${name} <number>`, '', readNumber);
  for (const [name, known] of Object.entries(words)) program.option(`--${name} <word>`, '', readWord(known), known[0]);
  return { ...defaults, ...program.parse().opts() } as ReturnType<typeof readOptions<Options, Words>>;
}

function readNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('expected a number');
}

function readWord(known: readonly string[]): (text: string) => string {
  return (text) => {
    if (known.includes(text)) return text;
    throw new InvalidArgumentError(`expected ${known.join(' or ')}`);
  };
}
