import { listRecords } from '../search/account.ts';
import { OLD_POSTS } from './people.ts';
import { goThroughServer, signIn } from './sign-in.ts';
import type { Tour } from './tour.ts';

const ENDS_WITHIN_MS = 60_000;

/** Somebody cleans up their account: the form, the dry run, the permission, the confirmation, and then the records are gone. */
export async function runCleanup(tour: Tour): Promise<void> {
  const { checks, people, services } = tour;
  const { page } = tour.person;
  const { cleaner } = people;
  await signIn(tour, cleaner, `${services.search}/console/cleanup`);
  const kept = (await listRecords(cleaner.agent, cleaner.did)).size - OLD_POSTS;
  const found = page.getByText(`${OLD_POSTS} records`).first();
  await checks.that('the dry run tells how many records would go', async () => {
    await page
      .getByRole('checkbox', { name: /^Posts/ })
      .first()
      .check();
    await page.locator('#days').fill('30');
    await page.getByRole('button', { name: 'See what would go' }).click();
    await found.waitFor();
  });
  await checks.that('nothing goes before it is confirmed', async () => {
    return (await listRecords(cleaner.agent, cleaner.did)).size === kept + OLD_POSTS;
  });
  await checks.that(
    'the account’s server asks whether records may be deleted, and leads back to the same dry run',
    async () => {
      await page.getByRole('link', { name: 'Give the permission' }).click();
      await goThroughServer(page, cleaner);
      await page.waitForURL(`${services.search}/console/cleanup`);
      await found.waitFor();
    },
  );
  await checks.that('who confirms sees the clean-up run, and end', async () => {
    await page.getByRole('button', { name: /^Delete .* …$/ }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Delete/ })
      .click();
    await page.locator('#job', { hasText: /done|completed|ended/i }).waitFor({ timeout: ENDS_WITHIN_MS });
  });
  await checks.that('the old records are gone from the server, and no other', async () => {
    const left = (await listRecords(cleaner.agent, cleaner.did)).size;
    if (left !== kept) throw new Error(`${left} are left, not ${kept}`);
  });
}
