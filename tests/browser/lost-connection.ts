import type { Tour } from './tour.ts';

/** Somebody goes to a page while they are offline: it says so, and comes once they are online again. */
export async function loseConnection({ browser, checks, services }: Tour): Promise<void> {
  await using person = await browser.person();
  const { page, context } = person;
  await page.goto(`${services.search}/console/`);
  await page.locator('main .tile dd').first().waitFor();
  await context.setOffline(true);
  await checks.that('a page whose code does not arrive says so', async () => {
    await page.getByRole('link', { name: 'Feeds', exact: true }).click();
    await page.getByText('This page could not be loaded').waitFor();
  });
  await context.setOffline(false);
  await checks.that('and comes by itself once the device is online', () =>
    page.getByRole('heading', { name: 'Feeds', exact: true }).waitFor(),
  );
}
