import { z } from 'zod';

/** A whole number in decimal digits, within both bounds. */
export function wholeNumber({
  min,
  max = Number.MAX_SAFE_INTEGER,
  preset,
}: {
  readonly min: number;
  readonly max?: number;
  /** What counts when the variable is not set. */
  readonly preset: number;
}): z.ZodType<number, string | undefined> {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`;
  return z
    .string()
    .refine((text) => /^\d{1,16}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `expected a whole number ${bounds}`,
    })
    .transform(Number)
    .prefault(String(preset));
}
