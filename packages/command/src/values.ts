import { InvalidArgumentError } from '@commander-js/extra-typings';
import { readAccountName } from '@updraft/atproto';
import { wholeNumber as wholeNumberType } from '@updraft/service';

/** Reads a whole number within both bounds. @throws InvalidArgumentError */
export function wholeNumber(min: number, max?: number): (text: string) => number {
  const type = wholeNumberType({ min, preset: min, ...(max !== undefined && { max }) });
  return (text) => {
    const { data, error } = type.safeParse(text);
    if (data !== undefined) return data;
    throw new InvalidArgumentError(`${error?.issues[0]?.message}.`);
  };
}

/** Reads the DID of an account. A handle may belong to another account tomorrow. @throws InvalidArgumentError */
export function accountDid(text: string): string {
  const did = readAccountName(text)?.did;
  if (did !== undefined) return did;
  throw new InvalidArgumentError('expected a DID such as did:plc:….');
}

/** Reads a text of so many characters. @throws InvalidArgumentError */
export function boundedText(min: number, max: number): (text: string) => string {
  return (text) => {
    if (text.length >= min && text.length <= max) return text;
    throw new InvalidArgumentError(`expected ${min} to ${max} characters.`);
  };
}

/** Collects the values of an option that may be given several times. */
export function each<T>(read: (text: string) => T): (text: string, before: readonly T[] | undefined) => readonly T[] {
  return (text, before = []) => [...before, read(text)];
}
