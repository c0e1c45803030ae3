import { expect, test } from 'vitest';
import { parseCommandLine } from './command-line.ts';
import { SetupError } from './setup-error.ts';

test.for([
  ['an unknown option', ['--bogus'], "Unknown option '--bogus'"],
  ['an option without its value', ['--seed'], "Option '--seed <value>' argument missing"],
  ['an option that another follows', ['--seed', '--x'], "Option '--seed' argument is ambiguous"],
  ['an argument too many', ['one'], "Unexpected argument 'one'. This command does not take positional arguments"],
] as const)('%s is a sentence for people', ([, args, sentence]) => {
  const parse = () => parseCommandLine({ args: [...args], options: { seed: { type: 'string' } } });
  expect(parse).toThrow(new SetupError(sentence));
});
