import { z } from 'zod';

/** `true` or `false`; not set it is false. */
export const flag = z
  .enum(['true', 'false', '1', '0'], { error: "expected 'true' or 'false'" })
  .default('false')
  .transform((text) => text === 'true' || text === '1');
