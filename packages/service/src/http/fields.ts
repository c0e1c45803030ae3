import { z } from 'zod';

/** A parameter that must be given once. */
export function onceOf(name: string): z.ZodString {
  return z.string({ error: (issue) => tooLong(issue) ?? `the parameter ${name} is needed, once` });
}

/** Its text must be said here, since one for the whole field is taken for its checks, too. */
function tooLong({
  code,
  maximum,
}: {
  readonly code?: string | undefined;
  readonly maximum?: unknown;
}): string | undefined {
  return code === 'too_big' ? `expected at most ${String(maximum)} characters` : undefined;
}

/** A text that is given once, where it is given. */
export const atMostOnce: z.ZodString = z.string({ error: (issue) => tooLong(issue) ?? 'expected once' });
/** A parameter that may be given once. */
export const optionalOnce = atMostOnce.optional();
