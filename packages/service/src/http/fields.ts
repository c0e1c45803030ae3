import { z } from 'zod';

/** A parameter that must be there, once. */
export function onceOf(name: string): z.ZodString {
  return z.string({ error: `the parameter ${name} is needed, once` });
}

/** A parameter that may be there, once. */
export const optionalOnce = z.string({ error: 'expected once' }).optional();
