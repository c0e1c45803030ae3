import { isDid } from '@updraft/atproto';
import { flag, list, origin } from '@updraft/service';
import { z } from 'zod';
import { privateKey } from './oauth/private-key.ts';
import { PAGE_NAMES } from './views/page-names.ts';

const dids = list.refine((all) => all.every((did) => isDid(did)), { error: 'expected DIDs, separated by commas' });

const pages = list.refine((all) => all.every((name) => PAGE_NAMES.some((known) => known === name)), {
  error: `expected names of pages, separated by commas: ${PAGE_NAMES.join(', ')}`,
});

/** The environment of the console, in both services that serve it. */
export const consoleEnvironment = z.object({
  /** Where browsers reach this service; signing in from elsewhere than this machine needs it, with https. */
  PUBLIC_ORIGIN: origin.optional(),
  /** Where browsers reach the other service. */
  FEEDGEN_ORIGIN: origin.optional(),
  SEARCH_ORIGIN: origin.optional(),
  /** Proves to accounts' servers that this client is that of PUBLIC_ORIGIN; sessions last longer with it. */
  OAUTH_PRIVATE_KEY: privateKey.optional(),
  /** Accounts that may see and do everything. */
  CONSOLE_OPERATORS: dids,
  /** Names of pages that the console does not have. */
  CONSOLE_PAGES_OFF: pages,
  /** No console at all. */
  CONSOLE_OFF: flag,
  GRAFANA_ORIGIN: origin.optional(),
});
export type ConsoleEnvironment = z.output<typeof consoleEnvironment>;
