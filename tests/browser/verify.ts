import { startBrowser } from './browser.ts';
import { createChecks } from './checks.ts';
import { type FirstPage, measureFirstPage } from './first-page.ts';
import { meetHostilePosts } from './hostile.ts';
import { watchLiveNumbers } from './live-numbers.ts';
import { ALL_VIEWS, createLooker, type View } from './look.ts';
import { lookAtPages } from './pages.ts';
import { signIn } from './sign-in.ts';
import { startConsoleStage } from './stage.ts';
import type { Tour } from './tour.ts';

export interface ConsoleVerdict extends FirstPage {
  /** That were looked at. */
  readonly pages: number;
  readonly checks: number;
  /** What was found to be wrong, in words. */
  readonly faults: readonly string[];
  readonly axeSerious: number;
}

export interface VerifyConsoleOptions {
  readonly seed: number;
  /** Of the simulated network's day. */
  readonly events: number;
  readonly views?: readonly View[];
  /** Where pictures of the pages go. */
  readonly screenshots?: string | undefined;
  readonly onProgress: (line: string) => void;
}

/** People use the console in a real browser, against the running system and a real PDS with its OAuth server. */
export async function verifyConsole(options: VerifyConsoleOptions): Promise<ConsoleVerdict> {
  const { seed, events, views = ALL_VIEWS, screenshots, onProgress } = options;
  await using stage = await startConsoleStage({ seed, events });
  const checks = createChecks(onProgress);
  const { feedgen, search } = stage.services;
  const known = [feedgen, search, stage.network.pdsUrl];
  await using browser = await startBrowser({ checks, own: [feedgen, search], known });
  await using person = await browser.person();
  const looker = await createLooker({ checks, views, folder: screenshots });
  const tour = { ...stage, checks, browser, looker, person };
  const firstPage = await measureFirstPage(tour);
  await lookAtPages(tour, 'public');
  await meetHostilePosts(tour);
  await watchLiveNumbers(tour);
  await useAs(tour, 'host');
  await useAs(tour, 'operator');
  return {
    pages: looker.pages,
    checks: checks.count,
    faults: checks.faults,
    axeSerious: looker.axeSerious,
    ...firstPage,
  };
}

/** Signs in, and looks at the pages that are for such people only. */
async function useAs(tour: Tour, part: 'host' | 'operator'): Promise<void> {
  const { browser, people, services } = tour;
  await using person = await browser.person();
  const theirs = { ...tour, person };
  const at = part === 'host' ? services.feedgen : services.search;
  await signIn(theirs, person.page, { account: people[part], at, returnTo: `/console/${part}` });
  await lookAtPages(theirs, part);
}
