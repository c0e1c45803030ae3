import { z } from 'zod';

/** What the console needs to know before anybody is signed in: GET /console/api/config. */
export const consoleConfig = z
  .object({
    service: z.enum(['search', 'feedgen']).describe('Which service answers at this origin'),
    origins: z
      .object({ search: z.string().optional(), feedgen: z.string().optional() })
      .describe('Where the two services are for browsers; absent where it is not known'),
    pagesOff: z.array(z.string()).describe('Names of pages that the operator has switched off'),
    isCleanupOn: z.boolean(),
    version: z.string().describe('The commit of this service'),
  })
  .meta({ id: 'ConsoleConfig' });
export type ConsoleConfig = z.output<typeof consoleConfig>;
