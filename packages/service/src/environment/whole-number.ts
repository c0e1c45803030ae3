import { z } from 'zod';

export interface WholeNumber {
  readonly min: number;
  readonly max?: number;
  /** The value when it is not set. */
  readonly preset: number;
  /** How it may be written; where the empty text is allowed, it means not set. */
  readonly pattern?: RegExp;
  /** The message for one that comes twice; default: what was expected. */
  readonly twice?: string;
}

/** A whole number in decimal digits within both bounds, for the environment and for query strings. */
export function wholeNumber({
  min,
  max = Number.MAX_SAFE_INTEGER,
  preset,
  pattern = /^\d{1,16}$/,
  twice,
}: WholeNumber): z.ZodType<number, string | undefined> {
  const error = `expected a whole number ${max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`}`;
  const numberOf = (text: string) => (text === '' ? preset : Number(text));
  return z
    .string({ error: twice ?? error })
    .refine((text) => pattern.test(text) && numberOf(text) >= min && numberOf(text) <= max, { error })
    .transform(numberOf)
    .prefault(String(preset))
    .meta({ type: 'integer', minimum: min, maximum: max });
}
