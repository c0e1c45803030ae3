import { resolve } from 'node:path';

/** The folder of the project. */
export const PROJECT_ROOT = resolve(import.meta.dirname, '../../..');
