import { z } from 'zod';

/** A whole number of the query string. */
export function wholeNumber(min: number, max: number, preset: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error })
    .default(preset);
}

/** A parameter that must be there, once. */
export function onceOf(name: string): z.ZodString {
  return z.string({ error: `the parameter ${name} is needed, once` });
}

/** A parameter that may be there, once. */
export const optionalOnce = z.string({ error: 'expected once' }).optional();
