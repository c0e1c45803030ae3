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

/** Pages that are opened while what they need is away say so, in the order of their names, and come back by themselves. */
export async function surviveOutage(tour: Tour, { what, during }: Outage, names: readonly string[]): Promise<void> {
  const { browser, checks, isBrief, person } = tour;
  const all = [...(await pagesOf('public')), ...(await pagesOf('host')), ...(await pagesOf('operator'))];
  const open = await Promise.all(
    (isBrief ? names.slice(0, 1) : names).map(async (name) => {
      const listed = all.find((page) => page.name === name);
      if (listed === undefined) throw new Error(`there is no page ${name}`);
      return { listed, page: await person.context.newPage() };
    }),
  );
  await browser.duringOutage(async () => {
    await during(async () => {
      for (const { listed, page } of open) await page.goto(placeOf(tour, listed));
      for (const { listed, page } of open)
        await checks.that(`${listed.path} says that ${what} is away`, async () => {
          await page.locator(NOTICE).first().waitFor({ timeout: COMES_BACK_WITHIN_MS });
        });
    });
    for (const { listed, page } of open)
      await checks.that(`${listed.path} comes back by itself after ${what} did`, async () => {
        await page.bringToFront();
        await page.locator(NOTICE).first().waitFor({ state: 'hidden', timeout: COMES_BACK_WITHIN_MS });
        await page.locator('main h1').first().waitFor();
      });
  });
  for (const { page } of open) await page.close();
}
