import { parseCommandLine, SetupError } from '@updraft/service';

/**
 * The options of this process as numbers. Ends it after the usage when --help asks for that, and after a line and the usage when an
 * option is unknown or is no number.
 */
export function readNumbers<Options extends Readonly<Record<string, number | undefined>>>(
  usage: string,
  defaults: Options,
): Options {
  try {
    const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: 'string' as const }]));
    const { values } = parseCommandLine({
      args: process.argv.slice(2),
      options: { ...options, help: { type: 'boolean' as const, short: 'h' } },
    });
    const { help, ...given } = values as Record<string, string | boolean | undefined>;
    if (help !== true) return { ...defaults, ...numbersOf(given) };
    process.stdout.write(`usage: ${usage}\n`);
    return process.exit(0);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\nusage: ${usage}\n`);
    return process.exit(2);
  }
}

function numbersOf(values: Readonly<Record<string, string | boolean | undefined>>): Record<string, number> {
  const numbers = Object.entries(values).map(([name, given]) => {
    const text = String(given);
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return [name, value] as const;
    throw new SetupError(`--${name}: expected a number, got ${JSON.stringify(text)}`);
  });
  return Object.fromEntries(numbers);
}
