import type { Page } from 'playwright-core';
import type { Tour } from './tour.ts';

/** Numbers of the network move while events come, without a reload. */
export async function watchLiveNumbers({ checks, person: { page }, services, flow, indexed }: Tour): Promise<void> {
  await checks.that('live numbers move without a reload', async () => {
    await page.goto(`${services.search}/console/`);
    await page.locator('main .tile dd').first().waitFor();
    await page.evaluate('window.isSamePage = true');
    const before = await numbersOf(page);
    flow(500);
    await indexed();
    for (const until = Date.now() + 60_000; (await numbersOf(page)) === before; ) {
      if (Date.now() > until) throw new Error(`they stay ${before}`);
      await page.waitForTimeout(200);
    }
    return page.evaluate<boolean>('window.isSamePage === true');
  });
}

async function numbersOf(page: Page): Promise<string> {
  return (await page.locator('main .tile dd').allTextContents()).join(' ');
}
