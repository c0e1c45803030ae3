import { Command, InvalidArgumentError } from '@updraft/command';

type Numbers = Readonly<Record<string, number | undefined>>;
type Words = Readonly<Record<string, readonly string[]>>;

/**
 * The options of this process as numbers. Ends it after the usage when --help asks for that (0), and after a line and the usage when an
 * option is unknown or is no number (2).
 */
export function readNumbers<Defaults extends Numbers>(usage: string, defaults: Defaults): Defaults {
  return readOptions(usage, defaults, {});
}

/** Likewise, with options that are one of several words, the first of them by default. */
export function readOptions<Defaults extends Numbers, Known extends Words>(
  usage: string,
  defaults: Defaults,
  words: Known,
): Defaults & { readonly [Name in keyof Known]: Known[Name][number] } {
  const program = new Command()
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .showHelpAfterError();
  program.helpInformation = () => `usage: ${usage}\n`;
  for (const name of Object.keys(defaults)) program.option(`--${name} <number>`, '', readNumber);
  for (const [name, known] of Object.entries(words)) program.option(`--${name} <word>`, '', readWord(known), known[0]);
  return { ...defaults, ...program.parse().opts() } as ReturnType<typeof readOptions<Defaults, Known>>;
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
