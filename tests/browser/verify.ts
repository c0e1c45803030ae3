import { approveMember } from './approve-member.ts';
import { startBrowser } from './browser.ts';
import { createChecks } from './checks.ts';
import { type FirstPage, measureFirstPage } from './first-page.ts';
import { meetHostilePosts } from './hostile.ts';
import { watchLiveNumbers } from './live-numbers.ts';
import { ALL_VIEWS, createLooker, type View } from './look.ts';
import { loseConnection } from './lost-connection.ts';
import { scrollManyMembers } from './many-members.ts';
import { surviveOutage } from './outages.ts';
import { lookAtPages } from './pages.ts';
import { runCleanup } from './run-cleanup.ts';
import { saveSettings } from './save-settings.ts';
import { outliveSession } from './session-ends.ts';
import { enter } from './sign-in.ts';
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
  /** Each thing once, and all people at the same time. */
  readonly isBrief?: boolean;
  /** Of a feed whose page of members is scrolled. */
  readonly members: number;
  readonly onProgress: (line: string) => void;
}

/** People use the console in a real browser, against the running system and a real PDS with its OAuth server. */
export async function verifyConsole(options: VerifyConsoleOptions): Promise<ConsoleVerdict> {
  const { seed, events, views = ALL_VIEWS, isBrief = false, screenshots, onProgress } = options;
  onProgress('starting a simulated network, a PDS and the services: half a minute');
  await using stage = await startConsoleStage({ seed, events });
  const checks = createChecks(onProgress);
  const { feedgen, search } = stage.services;
  const known = [feedgen, search, stage.network.pdsUrl];
  await using browser = await startBrowser({ checks, own: [feedgen, search], known });
  await using person = await browser.person();
  const looker = await createLooker({ checks, views, folder: screenshots });
  const tour = { ...stage, isBrief, checks, browser, looker, person };
  const firstPage = await measureFirstPage(tour);
  await using operators = await browser.person();
  const operatorTour = { ...tour, person: operators };
  const parts = [
    () => beAnybody(tour),
    () => asPerson(tour, runCleanup),
    () => asPerson(tour, (theirs) => beHost(theirs, options)),
    () => beOperator(operatorTour),
  ];
  if (isBrief) await Promise.all(parts.map((part) => part()));
  else for (const part of parts) await part();
  await surviveOutages(operatorTour);
  return {
    pages: looker.pages,
    checks: checks.count,
    faults: checks.faults,
    axeSerious: looker.axeSerious,
    ...firstPage,
  };
}

/** Somebody with a browser of their own. */
async function asPerson(tour: Tour, work: (theirs: Tour) => Promise<void>): Promise<void> {
  await using person = await tour.browser.person();
  await work({ ...tour, person });
}

/** Pages that have nothing, or nothing new, to show without it. The network's and the trends' go on from memory, and say that it is old. */
const NEED_CLICKHOUSE =
  'search links cleanup host-feed host-members host-requests host-hidden host-history ingest rejected storage jobs network trends'.split(
    ' ',
  );
/** Pages that need to know who asks. */
const NEED_REDIS = ['cleanup', 'sessions', 'host', 'host-feed', 'ingest', 'services'];

async function beAnybody(tour: Tour): Promise<void> {
  await lookAtPages(tour, 'public');
  await meetHostilePosts(tour);
  await watchLiveNumbers(tour);
  await loseConnection(tour);
}

async function beHost(tour: Tour, { members, onProgress }: VerifyConsoleOptions): Promise<void> {
  await enter(tour, tour.people.host, `${tour.services.feedgen}/console/host`);
  await lookAtPages(tour, 'host');
  await approveMember(tour);
  await saveSettings(tour);
  await outliveSession(tour);
  const frames = await scrollManyMembers(tour, members);
  onProgress(`a frame of the members' page takes ${frames.middle} ms, one in twenty ${frames.slow} ms or longer`);
}

async function beOperator(tour: Tour): Promise<void> {
  await enter(tour, tour.people.operator, `${tour.services.search}/console/operator`);
  await lookAtPages(tour, 'operator');
  const { checks, person, services } = tour;
  await checks.that('the address of a feed that is not there shows none of its numbers', async () => {
    await person.page.goto(`${services.feedgen}/console/host/no-feed`);
    await person.page.getByText('You look after no feed of that name').waitFor();
  });
}

async function surviveOutages(tour: Tour): Promise<void> {
  const { stack } = tour;
  const clickhouse = {
    what: 'ClickHouse',
    during: (meanwhile: () => Promise<void>) => stack.restartEngine('SIGKILL', meanwhile),
  };
  await surviveOutage(tour, clickhouse, NEED_CLICKHOUSE);
  const redis = { what: 'Redis', during: (meanwhile: () => Promise<void>) => stack.restartRedis('SIGKILL', meanwhile) };
  await surviveOutage(tour, redis, NEED_REDIS);
}
