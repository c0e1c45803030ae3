import { readFile } from 'node:fs/promises';
import { listRecords } from '../search/account.ts';
import { OLD_POSTS } from './people.ts';
import { goThroughServer, signIn } from './sign-in.ts';
import type { Tour } from './tour.ts';

const ENDS_WITHIN_MS = 60_000;

/** Somebody cleans up their account: the form, the dry run, the permission, the confirmation, and then the records are gone. */
export async function runCleanup(tour: Tour): Promise<void> {
  const { checks, looker, people, services } = tour;
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
  await looker.look(page, 'cleanup-dry-run');
  await checks.that(
    'who saves a copy first has all their records in it, and comes back to the same dry run',
    async () => {
      await page.getByRole('link', { name: 'Save a copy' }).click();
      await page.getByRole('button', { name: 'Fetch it' }).click();
      const save = page.getByRole('link', { name: /^Save / });
      await save.waitFor();
      await looker.look(page, 'export-done');
      const download = page.waitForEvent('download');
      await save.click();
      const copy = JSON.parse(await readFile(await (await download).path(), 'utf8')) as { posts: object[] };
      if (copy.posts.length !== OLD_POSTS + 1) throw new Error(`it has ${copy.posts.length} posts`);
      await page.goBack();
      await found.waitFor();
    },
  );
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
    await looker.look(page, 'cleanup-confirm');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Delete/ })
      .click();
    await page.locator('#job', { hasText: /done|completed|ended/i }).waitFor({ timeout: ENDS_WITHIN_MS });
    await looker.look(page, 'cleanup-done');
  });
  await checks.that('the old records are gone from the server, and no other', async () => {
    const left = (await listRecords(cleaner.agent, cleaner.did)).size;
    if (left !== kept) throw new Error(`${left} are left, not ${kept}`);
  });
}
