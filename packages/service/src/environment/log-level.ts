import { z } from 'zod';

/** LOG_LEVEL: pino's levels and `silent`. */
export const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info');

export type LogLevel = z.output<typeof logLevel>;
