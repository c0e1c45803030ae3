import { z } from 'zod';

/** A parameter that must be given once. */
export function onceOf(name: string): z.ZodString {
  return z.string({ error: `the parameter ${name} is needed, once` });
}

/** A parameter that may be given once. */
export const optionalOnce = z.string({ error: 'expected once' }).optional();
