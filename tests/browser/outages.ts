import type { Page } from 'playwright-core';
import { pagesOf, placeOf } from './pages.ts';
import type { Tour } from './tour.ts';

interface Outage {
  readonly what: string;
  /** Takes it away while `meanwhile` runs. */
  readonly during: (meanwhile: () => Promise<void>) => Promise<void>;
}

const COMES_BACK_WITHIN_MS = 60_000;
/** What is said where an answer is missing. */
const NOTICE = 'main .notice, main .error, main [role=alert]:not(:empty)';

/** Pages say that what they need is away, and come back by themselves. `names` are those of pages that ask it each time. */
export async function surviveOutage(tour: Tour, { what, during }: Outage, names: readonly string[]): Promise<void> {
  const { browser, checks, person } = tour;
  const all = [...(await pagesOf('public')), ...(await pagesOf('host')), ...(await pagesOf('operator'))];
  const open: { name: string; page: Page }[] = [];
  for (const name of names) {
    const listed = all.find((page) => page.name === name);
    if (listed === undefined) throw new Error(`there is no page ${name}`);
    const page = await person.context.newPage();
    await page.goto(placeOf(tour, listed));
    await page.waitForLoadState('networkidle');
    open.push({ name, page });
  }
  await browser.duringOutage(async () => {
    await during(async () => {
      for (const { name, page } of open)
        await checks.that(`${name} says that ${what} is away`, async () => {
          await page.bringToFront();
          await page.locator(NOTICE).first().waitFor({ timeout: COMES_BACK_WITHIN_MS });
        });
    });
    for (const { name, page } of open)
      await checks.that(`${name} comes back by itself after ${what} did`, async () => {
        await page.bringToFront();
        await page.locator(NOTICE).first().waitFor({ state: 'hidden', timeout: COMES_BACK_WITHIN_MS });
      });
  });
  for (const { page } of open) await page.close();
}
