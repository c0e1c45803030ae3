/** The options of a command as numbers; ends the program with a line when one is none. */
export function numbersOf<Name extends string>(values: Readonly<Record<Name, string>>): Record<Name, number> {
  const numbers = Object.entries<string>(values).map(([name, text]) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return [name, value] as const;
    process.stderr.write(`--${name}: expected a number, got ${JSON.stringify(text)}\n`);
    return process.exit(1);
  });
  return Object.fromEntries(numbers) as Record<Name, number>;
}
